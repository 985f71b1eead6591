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
    /// <exception cref="ArgumentException">The description does not fit the process, the processes of changes differ in states or actions, or changes do not come by rising step.</exception>
    public FiniteWorld(FiniteProblem problem, RandomKey key)
    {
        RequireFit(problem);
        (this.problem, mdp) = (problem, problem.Mdp);
        random = new RandomStream(key);
    }

    /// <inheritdoc/>
    public WorldSpec Spec => problem.Spec;

    /// <inheritdoc/>
    public long Steps { get; private set; }

    /// <summary>The process that the next step follows: for measuring and for tests, not for agents.</summary>
    public FiniteMdp Mdp => mdp;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The start is a terminal state, where nothing can be done.</exception>
    public void Reset(Span<double> observation)
    {
        RequireRoom(observation);
        int start = mdp.DrawStart(random.NextDouble());
        if (mdp.IsTerminal(start))
        {
            throw new InvalidOperationException($"World '{Spec.Name}' starts in state {start}, which is terminal.");
        }

        state = start;
        observation[0] = state;
        episodeSteps = 0;
        running = true;
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<double> action, Span<double> observation)
    {
        Spec.Actions.Validate(action);
        RequireRoom(observation);
        if (!running)
        {
            throw new InvalidOperationException($"World '{Spec.Name}' has no running episode; call Reset first.");
        }

        var outcome = mdp.Draw(mdp.Row(state, (int)action[0]), random.NextDouble());
        state = outcome.Next;
        observation[0] = state;
        Steps++;
        episodeSteps++;
        mdp = Current(Steps);
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
        if (counters[0] < 0 || counters[0] >= mdp.States || counters[1] < 0)
        {
            throw new StateException($"Entry '{prefix}/counters' has state {counters[0]} after {counters[1]} steps; world '{Spec.Name}' has the states 0 to {mdp.States - 1}.");
        }

        if (counters[3] != 0 && Current(counters[1]).IsTerminal((int)counters[0]))
        {
            throw new StateException($"Entry '{prefix}/counters' has an episode running in state {counters[0]} of world '{Spec.Name}', which is terminal.");
        }

        random.Load(state, $"{prefix}/random");
        (this.state, Steps, episodeSteps, running) = ((int)counters[0], counters[1], (int)counters[2], counters[3] != 0);
        mdp = Current(Steps);
    }

    private FiniteMdp Current(long steps)
    {
        var current = problem.Mdp;
        foreach (var change in problem.Changes)
        {
            current = change.Step <= steps ? change.Mdp : current;
        }

        return current;
    }

    private void RequireRoom(Span<double> observation)
    {
        if (observation.Length != 1)
        {
            throw new ArgumentException($"The observation has room for {observation.Length} numbers; world '{Spec.Name}' yields 1.", nameof(observation));
        }
    }

    private static void RequireFit(FiniteProblem problem)
    {
        var (spec, mdp) = problem;
        if (spec.States != mdp.States || spec.Actions.Choices != mdp.Actions)
        {
            throw new ArgumentException(
                $"World '{spec.Name}' is described with {spec.States} states and {spec.Actions.Choices} actions; its process has {mdp.States} and {mdp.Actions}.", nameof(problem));
        }

        long step = 0;
        foreach (var change in problem.Changes)
        {
            if (change.Step <= step || change.Mdp.States != mdp.States || change.Mdp.Actions != mdp.Actions)
            {
                throw new ArgumentException(
                    $"The change of world '{spec.Name}' after step {change.Step}, to {change.Mdp.States} states and {change.Mdp.Actions} actions, must come after step {step} "
                    + $"and keep the {mdp.States} states and {mdp.Actions} actions.",
                    nameof(problem));
            }

            step = change.Step;
        }
    }
}
