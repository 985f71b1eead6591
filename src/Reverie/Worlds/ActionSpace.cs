using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>
/// What an agent may do: a box of real controls, or one of <see cref="Choices"/> numbered actions. Either way an action is a
/// vector; a discrete action is its number, in a vector of length one.
/// </summary>
public sealed class ActionSpace
{
    private ActionSpace(double[] low, double[] high, int choices) => (Low, High, Choices) = (low, high, choices);

    /// <summary>Lowest control, <c>[Size]</c>; for discrete actions, 0.</summary>
    public IReadOnlyList<double> Low { get; }

    /// <summary>Highest control, <c>[Size]</c>; for discrete actions, <c>Choices − 1</c>.</summary>
    public IReadOnlyList<double> High { get; }

    /// <summary>Number of discrete actions; 0 for a box.</summary>
    public int Choices { get; }

    /// <summary>Length of the action vector.</summary>
    public int Size => Low.Count;

    /// <summary>Whether actions are numbered rather than continuous.</summary>
    public bool IsDiscrete => Choices > 0;

    /// <summary>A box of controls.</summary>
    /// <param name="low">Lowest values, finite.</param>
    /// <param name="high">Highest values, finite, each above its lowest.</param>
    /// <exception cref="ArgumentException">Lengths differ, are zero, or a limit is not finite or not above its lowest.</exception>
    public static ActionSpace Box(ReadOnlySpan<double> low, ReadOnlySpan<double> high)
    {
        if (low.Length == 0 || low.Length != high.Length)
        {
            throw new ArgumentException($"An action box needs as many lowest as highest values, at least one; given {low.Length} and {high.Length}.", nameof(low));
        }

        for (int i = 0; i < low.Length; i++)
        {
            if (!(double.IsFinite(low[i]) && double.IsFinite(high[i]) && low[i] < high[i]))
            {
                throw new ArgumentException($"Control {i} has the limits [{low[i]}, {high[i]}]; they must be finite and the lowest below the highest.", nameof(low));
            }
        }

        return new ActionSpace(low.ToArray(), high.ToArray(), 0);
    }

    /// <summary>A box of <paramref name="size"/> controls, each within ±<paramref name="limit"/>.</summary>
    /// <exception cref="ArgumentException">The size or the limit is not positive and finite.</exception>
    public static ActionSpace Symmetric(int size, double limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        var low = new double[size];
        var high = new double[size];
        Array.Fill(low, -limit);
        Array.Fill(high, limit);
        return Box(low, high);
    }

    /// <summary><paramref name="choices"/> numbered actions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two choices.</exception>
    public static ActionSpace Discrete(int choices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choices, 2);
        return new ActionSpace([0.0], [choices - 1.0], choices);
    }

    /// <summary>Draws an action uniformly.</summary>
    /// <param name="random">Where from.</param>
    /// <param name="action">Receives the action, <c>[Size]</c>.</param>
    public void Sample(RandomStream random, Span<double> action)
    {
        for (int i = 0; i < Size; i++)
        {
            action[i] = IsDiscrete ? random.NextInt32(Choices) : random.NextDouble(Low[i], High[i]);
        }
    }

    /// <summary>Limits controls to their box, in place; numbered actions stay as they are.</summary>
    /// <param name="action">The action, <c>[Size]</c>.</param>
    public void Limit(Span<double> action)
    {
        for (int i = 0; i < Size && !IsDiscrete; i++)
        {
            action[i] = Math.Clamp(action[i], Low[i], High[i]);
        }
    }

    /// <summary>Refuses an action of the wrong size, not finite, or not one of the choices. Controls outside the box pass: worlds limit them.</summary>
    /// <exception cref="ArgumentException">The action is not one of this space.</exception>
    public void Validate(ReadOnlySpan<double> action)
    {
        if (action.Length != Size)
        {
            throw new ArgumentException($"The action has {action.Length} components; this world takes {Size}.", nameof(action));
        }

        for (int i = 0; i < Size; i++)
        {
            if (!double.IsFinite(action[i]))
            {
                throw new ArgumentException($"Action component {i} is {action[i]}; it must be finite.", nameof(action));
            }

            if (IsDiscrete && (action[i] != Math.Floor(action[i]) || action[i] < 0 || action[i] >= Choices))
            {
                throw new ArgumentException($"Action {action[i]} is not one of the choices 0 to {Choices - 1}.", nameof(action));
            }
        }
    }
}
