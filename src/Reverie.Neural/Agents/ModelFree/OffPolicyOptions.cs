using System.ComponentModel.DataAnnotations;

namespace Reverie.Neural.Agents;

/// <summary>What agents that learn from a replay of real steps alone have in common.</summary>
public abstract record OffPolicyOptions
{
    /// <summary>First real steps, taken at random and remembered without learning. Default 500; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RandomSteps { get; init; } = 500;

    /// <summary>Gradient steps after each real step. Default 1; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int UpdatesPerStep { get; init; } = 1;

    /// <summary>Steps of a return before the value of what follows, n. Default 1, for <c>dqn</c> 3; 1 to 1000. More than 1 is biased towards the policies that collected the data.</summary>
    [Range(1, 1000)]
    public int ReturnSteps { get; init; } = 1;

    /// <summary>Transitions remembered. Default 100,000; 100 to 100,000,000.</summary>
    [Range(100, 100_000_000)]
    public int ReplayCapacity { get; init; } = 100_000;
}

/// <summary>Options of the agent <c>sac</c>.</summary>
public sealed record SacOptions : OffPolicyOptions
{
    /// <summary>The learner.</summary>
    public SoftActorCriticOptions Sac { get; init; } = new();
}

/// <summary>Options of the agent <c>dqn</c>.</summary>
public sealed record DqnOptions : OffPolicyOptions
{
    /// <summary>The defaults.</summary>
    public DqnOptions() => ReturnSteps = 3;

    /// <summary>The learner.</summary>
    public DeepQOptions Dqn { get; init; } = new();
}
