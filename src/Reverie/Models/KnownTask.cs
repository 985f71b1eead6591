using System.Runtime.CompilerServices;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Models;

/// <summary>A world's own reward and termination, as functions of observations: for learning only how the world moves.</summary>
/// <param name="dynamics">The world's equations; <see cref="IDynamics.Step"/> is not used.</param>
/// <typeparam name="TDynamics">The world's equations.</typeparam>
public sealed class KnownTask<TDynamics>(TDynamics dynamics) : ITask
    where TDynamics : struct, IDynamics
{
    private readonly TDynamics dynamics = dynamics;
    private readonly WorldSpec spec = dynamics.Spec;
    private readonly int stateSize = dynamics.StateSize;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A batch has the wrong shape.</exception>
    [SkipLocalsInit]
    public unsafe void Score(Batch observations, Batch actions, Batch next, Span<float> rewards, Span<float> terminated)
    {
        int count = observations.Count, size = spec.ObservationSize;
        Shapes.RequireStep(observations, actions, next, rewards, terminated, size, spec.Actions.Size);
        Span<Lanes> observation = stackalloc Lanes[size];
        Span<Lanes> x = stackalloc Lanes[stateSize];
        Span<Lanes> y = stackalloc Lanes[stateSize];
        Span<Lanes> u = stackalloc Lanes[spec.Actions.Size];
        fixed (float* before = observations.Data, done = actions.Data, after = next.Data, r = rewards, end = terminated)
        {
            for (int lane = 0; lane < count; lane += Lanes.Count)
            {
                LaneBlocks.Load(before + lane, observations.Stride, observation);
                dynamics.Locate(observation, x);
                LaneBlocks.Load(after + lane, next.Stride, observation);
                dynamics.Locate(observation, y);
                LaneBlocks.Load(done + lane, actions.Stride, u);
                LaneBlocks.Store(dynamics.Reward<Lanes>(x, u, y), r + lane);
                LaneBlocks.Store(dynamics.Terminated<Lanes>(y), end + lane);
            }
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public T Reward<T>(ReadOnlySpan<T> observation, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>
    {
        Span<T> x = stackalloc T[stateSize];
        Span<T> y = stackalloc T[stateSize];
        dynamics.Locate(observation, x);
        dynamics.Locate(next, y);
        return dynamics.Reward<T>(x, action, y);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public T FinalReward<T>(ReadOnlySpan<T> observation)
        where T : unmanaged, IScalar<T>
    {
        Span<T> x = stackalloc T[stateSize];
        dynamics.Locate(observation, x);
        return dynamics.FinalReward<T>(x);
    }
}
