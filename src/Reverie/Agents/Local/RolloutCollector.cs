using Reverie.Experience;
using Reverie.Models.Local;
using Reverie.Numerics;

namespace Reverie.Agents.Local;

/// <summary>Collects transitions into rollouts, rollouts into iterations, and remembers the newest.</summary>
internal sealed class RolloutCollector(int n, int m, int horizon, int memorySize)
{
    private readonly List<Rollout> batch = [], memory = [];
    private Rollout current = new(n, m, horizon);

    /// <summary>Steps of the episode that goes on.</summary>
    public int Step { get; private set; }

    /// <summary>Finished episodes of this iteration.</summary>
    public int Finished => batch.Count;

    /// <summary>The last finished episode.</summary>
    public Rollout Last => memory[^1];

    /// <summary>The newest rollouts, oldest first.</summary>
    public IReadOnlyList<Rollout> Memory => memory;

    /// <summary>Adds a step; returns whether the episode is over.</summary>
    /// <exception cref="ArgumentException">The episode is longer than the time limit.</exception>
    public bool Add(in Transition transition)
    {
        if (Step >= horizon || transition.Truncated != (Step == horizon - 1))
        {
            throw new ArgumentException($"Episodes must be truncated after {horizon} steps; this one {(transition.Truncated ? "was" : "was not")} after {Step + 1}.", nameof(transition));
        }

        transition.Observation.CopyTo(current.State(Step));
        transition.Action.CopyTo(current.Action(Step));
        transition.NextObservation.CopyTo(current.State(Step + 1));
        current.Cost -= transition.Reward;
        Step++;
        if (Step < horizon)
        {
            return false;
        }

        batch.Add(current);
        memory.Add(current);
        memory.RemoveRange(0, Math.Max(0, memory.Count - memorySize));
        (current, Step) = (new Rollout(n, m, horizon), 0);
        return true;
    }

    /// <summary>The rollouts of this iteration; the next begins.</summary>
    public IReadOnlyList<Rollout> TakeBatch()
    {
        Rollout[] taken = [.. batch];
        batch.Clear();
        return taken;
    }

    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/step", [(long)Step]);
        Save(state, $"{prefix}/current", [current]);
        Save(state, $"{prefix}/memory", memory);
        state.Set($"{prefix}/finished", [(long)batch.Count]);
    }

    public void Load(StateDictionary state, string prefix)
    {
        Step = (int)state.GetInt64($"{prefix}/step", 1)[0];
        current = Load(state, $"{prefix}/current", n, m, horizon)[0];
        memory.Clear();
        memory.AddRange(Load(state, $"{prefix}/memory", n, m, horizon));

        // The batch are the newest of the memory, which holds at least an iteration's.
        int finished = (int)state.GetInt64($"{prefix}/finished", 1)[0];
        batch.Clear();
        batch.AddRange(memory.TakeLast(finished));
    }

    /// <summary>Writes rollouts of equal lengths.</summary>
    public static void Save(StateDictionary state, string prefix, IReadOnlyList<Rollout> rollouts)
    {
        state.Set($"{prefix}/states", rollouts.SelectMany(r => r.States).ToArray());
        state.Set($"{prefix}/actions", rollouts.SelectMany(r => r.Actions).ToArray());
        state.Set($"{prefix}/costs", rollouts.Select(r => r.Cost).ToArray());
    }

    /// <summary>Restores what <see cref="Save(StateDictionary, string, IReadOnlyList{Rollout})"/> wrote.</summary>
    public static List<Rollout> Load(StateDictionary state, string prefix, int n, int m, int horizon)
    {
        var costs = state.GetDouble($"{prefix}/costs");
        int perStates = (horizon + 1) * n, perActions = horizon * m;
        var states = state.GetDouble($"{prefix}/states", costs.Length * perStates);
        var actions = state.GetDouble($"{prefix}/actions", costs.Length * perActions);
        var rollouts = new List<Rollout>();
        for (int i = 0; i < costs.Length; i++)
        {
            var rollout = new Rollout(n, m, horizon) { Cost = costs[i] };
            states.Slice(i * perStates, perStates).CopyTo(rollout.States);
            actions.Slice(i * perActions, perActions).CopyTo(rollout.Actions);
            rollouts.Add(rollout);
        }

        return rollouts;
    }
}
