using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>What a step of a world yields beside the next observation.</summary>
/// <param name="Reward">The reward of the step.</param>
/// <param name="Terminated">The task ended: nothing follows, the value of what follows is zero.</param>
/// <param name="Truncated">Time ran out: the episode is cut here, but the task would have gone on.</param>
public readonly record struct StepResult(double Reward, bool Terminated, bool Truncated)
{
    /// <summary>Whether the episode ended, for either reason.</summary>
    public bool Done => Terminated || Truncated;
}

/// <summary>
/// Where experience comes from. A world can only be reset to its own start and stepped, and every step is counted: data is what costs.
/// It has none of a model's powers.
/// </summary>
public interface IWorld
{
    /// <summary>What an agent may know beforehand.</summary>
    WorldSpec Spec { get; }

    /// <summary>Steps taken since the world was made.</summary>
    long Steps { get; }

    /// <summary>Starts an episode.</summary>
    /// <param name="observation">Receives the first observation, <c>[ObservationSize]</c>.</param>
    void Reset(Span<double> observation);

    /// <summary>Takes one step. Controls outside the box are limited to it.</summary>
    /// <param name="action">The action, <c>[Actions.Size]</c>, finite.</param>
    /// <param name="observation">Receives the next observation, <c>[ObservationSize]</c>.</param>
    /// <exception cref="ArgumentException">The action is not one of the action space.</exception>
    /// <exception cref="InvalidOperationException">The episode has ended, or none was started.</exception>
    StepResult Step(ReadOnlySpan<double> action, Span<double> observation);

    /// <summary>Writes the whole state, mid-episode or not, under <paramref name="prefix"/>.</summary>
    void Save(StateDictionary state, string prefix);

    /// <summary>Restores what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    void Load(StateDictionary state, string prefix);
}
