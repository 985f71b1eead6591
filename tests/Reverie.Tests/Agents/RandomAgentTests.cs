using Reverie.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Agents;

public sealed class RandomAgentTests : AgentConformance
{
    /// <inheritdoc/>
    protected override IAgent Create(WorldSpec spec, RandomKey key, Workers workers) => new RandomAgent(spec, key);
}
