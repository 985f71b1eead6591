using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>linear</c>. Matrices are row-major; the default is a double integrator with steps of 0.1 s.</summary>
public sealed record LinearWorldOptions
{
    /// <summary>Length n of the state. Default 2, range 1 to 64.</summary>
    [Range(1, 64)]
    public int StateSize { get; init; } = 2;

    /// <summary>Length m of the action. Default 1, range 1 to 64.</summary>
    [Range(1, 64)]
    public int ActionSize { get; init; } = 1;

    /// <summary>A, <c>[n, n]</c>, finite. Default [1, 0.1; 0, 1].</summary>
    public double[] A { get; init; } = [1.0, 0.1, 0.0, 1.0];

    /// <summary>B, <c>[n, m]</c>, finite. Default [0.005; 0.1].</summary>
    public double[] B { get; init; } = [0.005, 0.1];

    /// <summary>Q, the state's cost, <c>[n, n]</c>, finite. Default the identity.</summary>
    public double[] Q { get; init; } = [1.0, 0.0, 0.0, 1.0];

    /// <summary>R, the action's cost, <c>[m, m]</c>, finite. Default 0.1.</summary>
    public double[] R { get; init; } = [0.1];

    /// <summary>G, the effect of p ≤ 64 independent standard normal disturbances, <c>[n, p]</c>, finite. Default none (p = 0).</summary>
    public double[] Noise { get; init; } = [];

    /// <summary>Each component of the action is limited to ± this. Default 10, range above 0 to 10⁹.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double MaxAction { get; init; } = 10.0;

    /// <summary>Standard deviation of each component of the start state. Default 1, range 0 to 1000.</summary>
    [Range(0.0, 1000.0)]
    public double StartDeviation { get; init; } = 1.0;

    /// <summary>Steps after which an episode is truncated. Default 100, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 100;
}

/// <summary>
/// <c>linear</c>: any linear-quadratic world. x' = A x + B u + G w, w standard normal; reward −(xᵀQx + uᵀRu) of the state and action
/// before the step; it never terminates.
/// </summary>
/// <remarks>State and observation are x. The optimal policy without limits is known (LQR): a yardstick for planners and learners.</remarks>
public readonly struct LinearWorld : IDynamics
{
    private readonly double[] a, b, q, r, g;
    private readonly double maxAction, startDeviation;
    private readonly int n, m;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or a matrix has the wrong size or a number that is not finite.</exception>
    public LinearWorld(LinearWorldOptions options)
    {
        OptionRanges.Checked(options);
        (n, m) = (options.StateSize, options.ActionSize);
        a = Matrix(options.A, n, n, nameof(options.A));
        b = Matrix(options.B, n, m, nameof(options.B));
        q = Matrix(options.Q, n, n, nameof(options.Q));
        r = Matrix(options.R, m, m, nameof(options.R));
        NoiseSize = options.Noise.Length / n;
        g = Matrix(options.Noise, n, NoiseSize, nameof(options.Noise));
        if (NoiseSize > 64)
        {
            throw new ArgumentException($"{nameof(options.Noise)} has {NoiseSize} columns; at most 64 are allowed.", nameof(options));
        }

        (maxAction, startDeviation) = (options.MaxAction, options.StartDeviation);
        Spec = new WorldSpec(
            "linear",
            [.. Enumerable.Range(0, n).Select(i => new Feature(FormattableString.Invariant($"x{i}")))],
            ActionSpace.Symmetric(m, options.MaxAction),
            options.MaxSteps,
            0.0);
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => n;

    /// <inheritdoc/>
    public int NoiseSize { get; }

    /// <inheritdoc/>
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        for (int i = 0; i < n; i++)
        {
            T sum = 0.0;
            for (int j = 0; j < n; j++)
            {
                sum += state[j] * a[(i * n) + j];
            }

            for (int j = 0; j < m; j++)
            {
                sum += Limit(action[j]) * b[(i * m) + j];
            }

            for (int j = 0; j < noise.Length; j++)
            {
                sum += noise[j] * g[(i * noise.Length) + j];
            }

            next[i] = sum;
        }
    }

    /// <inheritdoc/>
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>
    {
        T cost = 0.0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                cost += state[i] * state[j] * q[(i * n) + j];
            }
        }

        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < m; j++)
            {
                cost += Limit(action[i]) * Limit(action[j]) * r[(i * m) + j];
            }
        }

        return -cost;
    }

    /// <inheritdoc/>
    public T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => 0.0;

    /// <inheritdoc/>
    public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T> => state.CopyTo(observation);

    /// <inheritdoc/>
    public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T> => observation.CopyTo(state);

    /// <inheritdoc/>
    public void Start(RandomStream random, Span<double> state)
    {
        for (int i = 0; i < n; i++)
        {
            state[i] = startDeviation * random.NextNormal();
        }
    }

    private static double[] Matrix(double[] values, int rows, int columns, string name)
    {
        if (values.Length != rows * columns)
        {
            throw new ArgumentException($"{name} has {values.Length} numbers; a matrix of {rows} rows and {columns} columns is wanted.", nameof(values));
        }

        if (Array.Find(values, x => !double.IsFinite(x)) is var odd && odd != 0.0)
        {
            throw new ArgumentException($"{name} holds {odd}; its numbers must be finite.", nameof(values));
        }

        return [.. values];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Limit<T>(T action)
        where T : unmanaged, IScalar<T> => T.Clamp(action, -maxAction, maxAction);
}
