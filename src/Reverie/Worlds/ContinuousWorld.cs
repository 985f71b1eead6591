using System.Runtime.InteropServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>
/// The world agents act in: dynamics over <see cref="Real"/>, with its own random stream, a time limit and a count of steps.
/// </summary>
/// <remarks>
/// An episode that ends on its last permitted step because the task ended is <see cref="StepResult.Terminated"/> and not
/// <see cref="StepResult.Truncated"/>: truncated says that the task would have gone on (Gymnasium sets both flags there).
/// </remarks>
/// <typeparam name="TDynamics">The world's equations.</typeparam>
public sealed class ContinuousWorld<TDynamics> : IWorld
    where TDynamics : struct, IDynamics
{
    private readonly TDynamics dynamics;
    private readonly RandomStream random;
    private readonly Real[] noise;
    private Real[] state;
    private Real[] next;
    private int episodeSteps;
    private bool running;

    /// <summary>A world that waits for its first <see cref="Reset"/>.</summary>
    /// <param name="dynamics">The equations.</param>
    /// <param name="key">The randomness of starts and disturbances.</param>
    public ContinuousWorld(TDynamics dynamics, RandomKey key)
    {
        this.dynamics = dynamics;
        Spec = dynamics.Spec;
        random = new RandomStream(key);
        noise = new Real[dynamics.NoiseSize];
        state = new Real[dynamics.StateSize];
        next = new Real[dynamics.StateSize];
    }

    /// <inheritdoc/>
    public WorldSpec Spec { get; }

    /// <inheritdoc/>
    public long Steps { get; private set; }

    /// <summary>The true state, <c>[StateSize]</c>: for drawing and for tests, not for agents.</summary>
    public ReadOnlySpan<double> State => MemoryMarshal.Cast<Real, double>(state.AsSpan());

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation has the wrong length.</exception>
    public void Reset(Span<double> observation)
    {
        RequireObservation(observation);
        dynamics.Start(random, MemoryMarshal.Cast<Real, double>(state.AsSpan()));
        dynamics.Observe(state, MemoryMarshal.Cast<double, Real>(observation));
        episodeSteps = 0;
        running = true;
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<double> action, Span<double> observation)
    {
        Spec.Actions.Validate(action);
        RequireObservation(observation);
        if (!running)
        {
            throw new InvalidOperationException($"World '{Spec.Name}' has no running episode; call Reset first.");
        }

        for (int i = 0; i < noise.Length; i++)
        {
            noise[i] = random.NextNormal();
        }

        var u = MemoryMarshal.Cast<double, Real>(action);
        dynamics.Step(state, u, noise, next);
        double reward = dynamics.Reward<Real>(state, u, next);
        bool terminated = dynamics.Terminated<Real>(next) > 0.5;
        (state, next) = (next, state);
        dynamics.Observe(state, MemoryMarshal.Cast<double, Real>(observation));

        Steps++;
        episodeSteps++;
        bool truncated = !terminated && episodeSteps >= Spec.MaxSteps;
        if (truncated)
        {
            reward += dynamics.FinalReward<Real>(state);
        }

        running = !(terminated || truncated);
        return new StepResult(reward, terminated, truncated);
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/state", State);
        state.Set($"{prefix}/counters", [Steps, episodeSteps, running ? 1 : 0]);
        random.Save(state, $"{prefix}/random");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var saved = state.GetDouble($"{prefix}/state", this.state.Length);
        var counters = state.GetInt64($"{prefix}/counters", 3);
        random.Load(state, $"{prefix}/random");
        MemoryMarshal.Cast<double, Real>(saved).CopyTo(this.state);
        (Steps, episodeSteps, running) = (counters[0], (int)counters[1], counters[2] != 0);
    }

    private void RequireObservation(ReadOnlySpan<double> observation)
    {
        if (observation.Length != Spec.ObservationSize)
        {
            throw new ArgumentException($"The observation has room for {observation.Length} numbers; world '{Spec.Name}' yields {Spec.ObservationSize}.", nameof(observation));
        }
    }
}
