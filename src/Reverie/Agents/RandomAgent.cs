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
    public void Act(ReadOnlySpan<double> observation, Span<double> action) => spec.Actions.Sample(random, action);

    /// <inheritdoc/>
    public void Observe(in Transition transition)
    {
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new RandomPolicy(spec.Actions, random);

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix) => random.Save(state, prefix + "/random");

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix) => random.Load(state, prefix + "/random");

    private sealed class RandomPolicy(ActionSpace actions, RandomStream random) : IPolicy
    {
        public void Reset()
        {
        }

        public void Act(ReadOnlySpan<double> observation, Span<double> action) => actions.Sample(random, action);
    }
}
