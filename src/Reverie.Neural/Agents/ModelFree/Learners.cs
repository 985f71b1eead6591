using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents;

/// <summary>Makes learners for a world, or says why that cannot be.</summary>
internal static class Learners
{
    /// <summary>SAC.</summary>
    /// <exception cref="ArgumentException">An option is out of range, or the world is not for SAC.</exception>
    public static SoftActorCritic Sac(WorldSpec spec, SoftActorCriticOptions options, RandomKey key, Workers workers)
    {
        RefuseFinite(spec, "SAC");
        return spec.Actions.IsDiscrete
            ? throw new ArgumentException($"SAC chooses continuous controls; the actions of world '{spec.Name}' are numbered: use DQN.")
            : new SoftActorCritic(new ObservationEmbedding(spec).ObservationWidth, spec.Actions.Size, OptionRanges.Checked(options), key, workers);
    }

    /// <summary>DQN.</summary>
    /// <exception cref="ArgumentException">An option is out of range, or the world is not for DQN.</exception>
    public static DeepQNetwork Dqn(WorldSpec spec, DeepQOptions options, RandomKey key, Workers workers)
    {
        RefuseFinite(spec, "DQN");
        return spec.Actions.IsDiscrete
            ? new DeepQNetwork(new ObservationEmbedding(spec).ObservationWidth, spec.Actions.Choices, OptionRanges.Checked(options), key, workers)
            : throw new ArgumentException($"DQN chooses among numbered actions; those of world '{spec.Name}' are continuous: use SAC.");
    }

    private static void RefuseFinite(WorldSpec spec, string learner)
    {
        if (spec.IsFinite)
        {
            throw new ArgumentException($"{learner} learns from observations that are vectors; world '{spec.Name}' is finite: use a tabular agent.");
        }
    }
}
