using Reverie.Numerics;

namespace Reverie.Worlds.Finite;

/// <summary>
/// A finite world that agents act in: its observation is the state's number, its action a number. It can be reset to its own start and stepped.
/// </summary>
/// <remarks>As everywhere, an episode that ends with its last permitted step because the task ended is terminated and not truncated.</remarks>
public sealed class FiniteWorld : IWorld
{
    private readonly FiniteProblem problem;
    private readonly RandomStream random;
    private FiniteMdp mdp;
    private int state;
    private int episodeSteps;
    private bool running;

    /// <summary>A world that waits for its first <see cref="Reset"/>.</summary>
    /// <param name="problem">What it is.</param>
    /// <param name="key">The randomness of starts and outcomes.</param>
    public FiniteWorld(FiniteProblem problem, RandomKey key)
    {
        (this.problem, mdp) = (problem, problem.Mdp);
        random = new RandomStream(key);
    }

    /// <inheritdoc/>
    public WorldSpec Spec => problem.Spec;

    /// <inheritdoc/>
    public long Steps { get; private set; }

    /// <inheritdoc/>
    public void Reset(Span<double> observation)
    {
        state = mdp.DrawStart(random.NextDouble());
        Observe(observation);
        episodeSteps = 0;
        running = true;
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<double> action, Span<double> observation)
    {
        Spec.Actions.Validate(action);
        if (!running)
        {
            throw new InvalidOperationException($"World '{Spec.Name}' has no running episode; call Reset first.");
        }

        var outcome = mdp.Draw(mdp.Row(state, (int)action[0]), random.NextDouble());
        state = outcome.Next;
        Observe(observation);
        Steps++;
        episodeSteps++;
        mdp = Current();
        bool terminated = outcome.Terminated || mdp.IsTerminal(state);
        bool truncated = !terminated && episodeSteps >= Spec.MaxSteps;
        running = !(terminated || truncated);
        return new StepResult(outcome.Reward, terminated, truncated);
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/counters", [this.state, Steps, episodeSteps, running ? 1 : 0]);
        random.Save(state, $"{prefix}/random");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 4);
        random.Load(state, $"{prefix}/random");
        (this.state, Steps, episodeSteps, running) = ((int)counters[0], counters[1], (int)counters[2], counters[3] != 0);
        mdp = Current();
    }

    private FiniteMdp Current()
    {
        var current = problem.Mdp;
        foreach (var change in problem.Changes)
        {
            current = change.Step <= Steps ? change.Mdp : current;
        }

        return current;
    }

    private void Observe(Span<double> observation)
    {
        if (observation.Length != 1)
        {
            throw new ArgumentException($"The observation has room for {observation.Length} numbers; world '{Spec.Name}' yields 1.", nameof(observation));
        }

        observation[0] = state;
    }
}
