using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents;

/// <summary>Acts uniformly at random and learns nothing: the mark that every learner must beat.</summary>
/// <param name="spec">The world it acts in.</param>
/// <param name="key">Its randomness.</param>
public sealed class RandomAgent(WorldSpec spec, RandomKey key) : IAgent
{
    private readonly RandomStream random = new(key);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        spec.RequireSizes(observation, action);
        spec.Actions.Sample(random, action);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An observation or the action has the wrong length.</exception>
    public void Observe(in Transition transition)
    {
        spec.RequireSizes(transition.Observation, transition.Action);
        spec.RequireSizes(transition.NextObservation, transition.Action);
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new RandomPolicy(spec, random);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix) => random.Save(state, prefix + "/random");

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix) => random.Load(state, prefix + "/random");

    private sealed class RandomPolicy(WorldSpec spec, RandomStream random) : IPolicy
    {
        public void Reset()
        {
        }

        public void Act(ReadOnlySpan<double> observation, Span<double> action)
        {
            spec.RequireSizes(observation, action);
            spec.Actions.Sample(random, action);
        }
    }
}
