using System.ComponentModel.DataAnnotations;

namespace Reverie.Agents.Local;

/// <summary>What local dynamics are fitted with.</summary>
public enum LocalFit
{
    /// <summary>Linear regression on an iteration's rollouts alone.</summary>
    Regression,

    /// <summary>Bayesian linear regression: a Gaussian mixture over all remembered rollouts is the prior.</summary>
    Mixture,

    /// <summary>Bayesian linear regression: locally weighted regression on all remembered rollouts is the prior.</summary>
    Neighbours,

    /// <summary>Bayesian linear regression: an ensemble of neural networks, trained on all remembered rollouts and linearized, is the prior.</summary>
    Ensemble,
}

/// <summary>How a plan is executed in the real world.</summary>
public enum LocalExecution
{
    /// <summary>The planned actions, whatever happens.</summary>
    OpenLoop,

    /// <summary>The planned feedback, without noise.</summary>
    Feedback,

    /// <summary>The feedback with noise of covariance τ R⁻¹, R the Hessian of the cost in the action.</summary>
    ActionCostNoise,

    /// <summary>The feedback with noise of covariance (η + τ) Quu⁻¹, Quu the Hessian of the cost to go in the action.</summary>
    ActionValueNoise,
}

/// <summary>Options of <see cref="LocalModelsAgent"/>.</summary>
public record LocalModelsOptions
{
    /// <summary>Episodes of a policy; the first is that of its mean, without noise, and the only one where it is given up (<see cref="KeepBest"/>). Default 2; 2 to 1000.</summary>
    [Range(2, 1000)]
    public int Rollouts { get; init; } = 2;

    /// <summary>What the dynamics are fitted with. Default: with locally weighted regression as prior.</summary>
    public LocalFit Fit { get; init; } = LocalFit.Neighbours;

    /// <summary>How a plan is executed. Default: the feedback, with noise by the cost to go.</summary>
    public LocalExecution Execution { get; init; } = LocalExecution.ActionValueNoise;

    /// <summary>Standard deviation of every component of the first policy's actions, in units of the action. Default 1; above 0, up to 10,000.</summary>
    [Range(0.0, 1e4, MinimumIsExclusive = true)]
    public double InitialDeviation { get; init; } = 1.0;

    /// <summary>
    /// τ, what an entropy of 1 is worth, in units of the cost: as the neighbourhood no longer binds, noise has the covariance τ Quu⁻¹. Default 10⁻⁵; 0 to 10⁶.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Temperature { get; init; } = 1e-5;

    /// <summary>The entropy floor: the least standard deviation of an action, as a geometric mean over its components. Default 0.01; above 0, up to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double LeastDeviation { get; init; } = 0.01;

    /// <summary>ε at first: how far a step may lead from the policy before it, in nats for each time step. Default 1; above 0, up to 10⁹.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double Step { get; init; } = 1.0;

    /// <summary>The least ε that adaptation comes to. Default 0.001; above 0, up to 10⁹.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double LeastStep { get; init; } = 1e-3;

    /// <summary>The greatest ε that adaptation comes to. Default 10⁶; above 0, up to 10¹⁸.</summary>
    [Range(0.0, 1e18, MinimumIsExclusive = true)]
    public double GreatestStep { get; init; } = 1e6;

    /// <summary>Whether a policy that turned out worse than the best so far is given up, at its first rollout, and the next step starts from the best again. Default true.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Policies, the newest, whose rollouts a fit uses. Default 3; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int FitPolicies { get; init; } = 3;

    /// <summary>What the rollouts of a policy count in a fit, as a part of those of the policy after it. Default 0.5; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Forgetting { get; init; } = 0.5;

    /// <summary>Rollouts that the prior learns from, the newest. Default 100; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Memory { get; init; } = 100;

    /// <summary>Rollouts that the prior is worth in a fit. Default 1, for slopes of neighbours; those of a mixture, which are coarse, are worth no more than 0.01. 0 to 10,000.</summary>
    [Range(0.0, 1e4)]
    public double PriorStrength { get; init; } = 1.0;

    /// <summary>Neighbours that locally weighted regression uses, for each of its 1 + k + k (k + 1) / 2 unknowns, k the components of states and actions together. Default 4; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int PointsPerUnknown { get; init; } = 4;

    /// <summary>The most clusters of the mixture. Default 20; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Clusters { get; init; } = 20;

    /// <summary>Points that the mixture has for each cluster, at least. Default 40; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int PointsPerCluster { get; init; } = 40;

    /// <summary>What is added to the variances of states and actions in a regression, as a part of them. Default 10⁻⁶; above 0, up to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Ridge { get; init; } = 1e-6;

    /// <summary>Refuses combinations that make no sense.</summary>
    /// <exception cref="ArgumentException">The least step is above the greatest, or the memory holds less than an iteration.</exception>
    public void Validate()
    {
        if (Memory < Rollouts)
        {
            throw new ArgumentException($"memory is {Memory}; it must be at least rollouts, {Rollouts}.");
        }

        if (LeastStep > GreatestStep)
        {
            throw new ArgumentException(FormattableString.Invariant($"leastStep is {LeastStep}; it may be at most greatestStep, {GreatestStep}."));
        }
    }
}
