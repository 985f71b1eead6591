using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>The cost of being away from a goal: ℓ(x, u) = ½ Σᵢ qᵢ (xᵢ − gᵢ)² + ½ r Σⱼ (uⱼ − ū)², and φ(x) = ½ Σᵢ pᵢ (xᵢ − gᵢ)² at the end.</summary>
internal readonly struct QuadraticCost
{
    private readonly double[] goal, weights, finalWeights, roots;
    private readonly double controlWeight, controlRoot, restingControl;

    /// <summary>The cost with the given weights, none negative.</summary>
    /// <param name="goal">g, <c>[n]</c>.</param>
    /// <param name="weights">q, <c>[n]</c>.</param>
    /// <param name="finalWeights">p, <c>[n]</c>.</param>
    /// <param name="controlWeight">r.</param>
    /// <param name="restingControl">ū, the same of every control.</param>
    public QuadraticCost(double[] goal, double[] weights, double[] finalWeights, double controlWeight, double restingControl = 0.0)
    {
        (this.goal, this.weights, this.finalWeights) = (goal, weights, finalWeights);
        (this.controlWeight, this.restingControl) = (controlWeight, restingControl);
        (roots, controlRoot) = ([.. weights.Select(Math.Sqrt)], Math.Sqrt(controlWeight));
    }

    /// <summary>The cost with the same weight q of all components, and p of all at the end.</summary>
    public QuadraticCost(double[] goal, double weight, double finalWeight, double controlWeight)
        : this(goal, [.. goal.Select(_ => weight)], [.. goal.Select(_ => finalWeight)], controlWeight)
    {
    }

    /// <summary>ℓ(x, u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Stage<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action)
        where T : unmanaged, IScalar<T>
    {
        T effort = 0.0;
        for (int j = 0; j < action.Length; j++)
        {
            T excess = action[j] - restingControl;
            effort += excess * excess;
        }

        return Distance(weights, state) + (effort * (0.5 * controlWeight));
    }

    /// <summary>φ(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Final<T>(ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T> => Distance(finalWeights, state);

    /// <summary>ρ with ℓ(x, u) = ½ |ρ|²: √qᵢ (xᵢ − gᵢ), then √r (uⱼ − ū).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Residuals<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, Span<T> values)
        where T : unmanaged, IScalar<T>
    {
        for (int i = 0; i < state.Length; i++)
        {
            values[i] = (state[i] - goal[i]) * roots[i];
        }

        for (int j = 0; j < action.Length; j++)
        {
            values[state.Length + j] = (action[j] - restingControl) * controlRoot;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Distance<T>(double[] weights, ReadOnlySpan<T> state)
        where T : unmanaged, IScalar<T>
    {
        T sum = 0.0;
        for (int i = 0; i < state.Length; i++)
        {
            T away = state[i] - goal[i];
            sum += away * away * (0.5 * weights[i]);
        }

        return sum;
    }
}
