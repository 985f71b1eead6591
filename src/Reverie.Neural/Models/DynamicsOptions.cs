using System.ComponentModel.DataAnnotations;

namespace Reverie.Neural.Models;

/// <summary>How imagined particles move between the members of an ensemble (Chua et al. 2018, section 5).</summary>
public enum Propagation
{
    /// <summary>TS∞: a particle keeps its member for the whole horizon.</summary>
    TrajectorySamplingInfinite,

    /// <summary>TS1: a particle draws a member anew at every step.</summary>
    TrajectorySampling1,

    /// <summary>One particle follows the mean over the members' means.</summary>
    Mean,

    /// <summary>MM: at every step a candidate's particles are redrawn from the independent normal distributions with their mean and variance.</summary>
    MomentMatching,
}

/// <summary>Where networks are trained. Planning runs on the CPU in any case.</summary>
public enum TrainingDevice
{
    /// <summary>CUDA where libtorch finds it, else the CPU.</summary>
    Auto,

    /// <summary>The CPU.</summary>
    Cpu,

    /// <summary>CUDA; refused where libtorch does not find it.</summary>
    Cuda,
}

/// <summary>Options of an ensemble of neural dynamics models.</summary>
public sealed record DynamicsOptions
{
    /// <summary>Members of the ensemble. Default 5; 1 to 64.</summary>
    [Range(1, 64)]
    public int Members { get; init; } = 5;

    /// <summary>Members used for imagination: those with the least validation loss. Default 5; 1 to <see cref="Members"/>.</summary>
    [Range(1, 64)]
    public int Elites { get; init; } = 5;

    /// <summary>Hidden layers. Default 3; 1 to 8.</summary>
    [Range(1, 8)]
    public int HiddenLayers { get; init; } = 3;

    /// <summary>Units in a hidden layer. Default 128; 1 to 4096.</summary>
    [Range(1, 4096)]
    public int HiddenSize { get; init; } = 128;

    /// <summary>
    /// Whether members predict a normal distribution, trained by likelihood (true, the default), or a point, trained by squared error.
    /// </summary>
    public bool Stochastic { get; init; } = true;

    /// <summary>
    /// β: where members predict a distribution, the loss of each target is weighted by σ²ᵝ, through which no gradient goes (β-NLL, Seitzer et al. 2022). With 0, plain likelihood, what is hard to predict is soon called noise,
    /// and hardly learned any more; with 1 means are learned as by squared error. Default 0; 0 to 1.
    /// </summary>
    [Range(0.0, 1.0)]
    public double VarianceWeight { get; init; }

    /// <summary>Whether the reward is learned with the dynamics; else the known reward is used. Default false.</summary>
    public bool LearnReward { get; init; }

    /// <summary>Whether termination is learned with the dynamics; else the known rule is used. Default false.</summary>
    public bool LearnTermination { get; init; }

    /// <summary>Adam's step size. Default 1e-3; above 0, up to 1.</summary>
    [Range(1e-8, 1.0)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decoupled weight decay. Default 1e-4; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Transitions in a minibatch of each member. Default 32; 1 to 65536.</summary>
    [Range(1, 65536)]
    public int BatchSize { get; init; } = 32;

    /// <summary>The most gradient steps of one training. Default 2000; 1 to 10,000,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxSteps { get; init; } = 2000;

    /// <summary>Gradient steps between validations; a whole pass over the data if that is longer. Default 50; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int StepsPerRound { get; init; } = 50;

    /// <summary>Training stops after this many validations in which no member improved by 1%. Default 5; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int Patience { get; init; } = 5;

    /// <summary>Fraction of the transitions held out for validation. Default 0.1; 0 to 0.5. With 0 training runs for <see cref="MaxSteps"/>.</summary>
    [Range(0.0, 0.5)]
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>Where the networks are trained. Default auto: CUDA where there is one, else the CPU.</summary>
    public TrainingDevice Device { get; init; } = TrainingDevice.Auto;

    /// <summary>How particles move between members. Default TS∞.</summary>
    public Propagation Propagation { get; init; } = Propagation.TrajectorySamplingInfinite;

    /// <summary>Particles that score a candidate plan. Default 5; 1 to 1024.</summary>
    [Range(1, 1024)]
    public int Particles { get; init; } = 5;

    /// <summary>Refuses combinations that make no sense.</summary>
    /// <exception cref="ArgumentException">More elites than members.</exception>
    public void Validate()
    {
        if (Elites > Members)
        {
            throw new ArgumentException($"elites is {Elites}; it may be at most members, {Members}.");
        }
    }
}
