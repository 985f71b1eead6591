using Reverie.Worlds;

namespace Reverie.Neural.Agents;

/// <summary>
/// Actions as learners write them and as worlds take them: controls in [−1, 1] against those of the box; a numbered action is the
/// same in both.
/// </summary>
/// <param name="space">The world's actions.</param>
internal sealed class ActionScale(ActionSpace space)
{
    private readonly double[] middle = [.. space.Low.Zip(space.High, (low, high) => 0.5 * (low + high))];
    private readonly double[] half = [.. space.Low.Zip(space.High, (low, high) => 0.5 * (high - low))];

    /// <summary>u = middle + half · a, within the box.</summary>
    /// <param name="component">Which component.</param>
    /// <param name="value">a.</param>
    public double ToWorld(int component, float value) => space.IsDiscrete
        ? value
        : Math.Clamp(middle[component] + (half[component] * value), space.Low[component], space.High[component]);

    /// <summary>a = (u − middle) / half, within [−1, 1].</summary>
    /// <param name="component">Which component.</param>
    /// <param name="value">u.</param>
    public float ToLearner(int component, double value) => space.IsDiscrete
        ? (float)value
        : (float)Math.Clamp((value - middle[component]) / half[component], -1.0, 1.0);
}
