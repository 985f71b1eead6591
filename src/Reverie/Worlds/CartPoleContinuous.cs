using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Options of <c>cartpole-continuous</c>.</summary>
public sealed record CartPoleContinuousOptions : CartPolePhysics
{
    /// <summary>Steps after which an episode is truncated. Default 200, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 200;
}

/// <summary>
/// <c>cartpole-continuous</c>: the physics of <see cref="CartPole"/> under a force of 10·u N, u in [−1, 1]. Reward 1 a step;
/// ends as <see cref="CartPole"/> ends.
/// </summary>
/// <remarks>State and observation are those of <see cref="CartPole"/>.</remarks>
public readonly struct CartPoleContinuous : IDynamics
{
    private readonly CartPoleMotion motion;

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public CartPoleContinuous(CartPoleContinuousOptions options)
    {
        motion = new CartPoleMotion(OptionRanges.Checked(options));
        Spec = new WorldSpec("cartpole-continuous", CartPoleMotion.Features, ActionSpace.Symmetric(1, 1.0), options.MaxSteps, options.SecondsPerStep);
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public int StateSize => 4;

    /// <inheritdoc/>
    public int NoiseSize => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> noise, Span<T> next)
        where T : unmanaged, IScalar<T> =>
        motion.Push(state, T.Clamp(action[0], -1.0, 1.0) * motion.Force, next);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Reward<T>(ReadOnlySpan<T> state, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => 1.0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Terminated<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> => motion.Fallen(next);

    /// <inheritdoc/>
    public void Observe<T>(ReadOnlySpan<T> state, Span<T> observation)
        where T : unmanaged, IScalar<T> => state.CopyTo(observation);

    /// <inheritdoc/>
    public void Locate<T>(ReadOnlySpan<T> observation, Span<T> state)
        where T : unmanaged, IScalar<T> => observation.CopyTo(state);

    /// <inheritdoc/>
    public void Start(RandomStream random, Span<double> state) => motion.Start(random, state);
}
