using System.ComponentModel.DataAnnotations;
using Reverie.Neural.Models;

namespace Reverie.Neural.Agents;

/// <summary>What a model-free learner uses a model for.</summary>
public enum ModelUse
{
    /// <summary>Its own policy's short rollouts are added to its data (Dyna, Sutton 1990; Janner et al. 2019).</summary>
    Rollouts,

    /// <summary>Its targets look <see cref="ModelBasedOptions.Horizon"/> steps ahead in the model (MVE, Feinberg et al. 2018).</summary>
    ValueExpansion,

    /// <summary>Its targets look up to <see cref="ModelBasedOptions.Horizon"/> steps ahead, weighted by how sure they are (STEVE, Buckman et al. 2018).</summary>
    WeightedExpansion,
}

/// <summary>Who acts while data is collected.</summary>
public enum DataPolicy
{
    /// <summary>The learner, after the first random steps.</summary>
    Learner,

    /// <summary>A uniformly random policy throughout: the learner learns off-policy from what it never did itself.</summary>
    Random,
}

/// <summary>
/// Options of <see cref="ModelBasedAgent"/>, of which <c>dyna</c>, <c>mbpo</c>, <c>mve</c> and <c>steve</c> are settings. The learner is DQN where
/// actions are numbered and SAC where they are controls.
/// </summary>
public sealed record ModelBasedOptions
{
    /// <summary>The learned model. Default: 5 members of 2 hidden layers of 96 units; else as <see cref="DynamicsOptions"/>.</summary>
    public DynamicsOptions Model { get; init; } = new() { HiddenLayers = 2, HiddenSize = 96 };

    /// <summary>The learner where actions are continuous.</summary>
    public SoftActorCriticOptions Sac { get; init; } = new();

    /// <summary>The learner where actions are numbered.</summary>
    public DeepQOptions Dqn { get; init; } = new();

    /// <summary>What the model is used for. Default: rollouts.</summary>
    public ModelUse Use { get; init; } = ModelUse.Rollouts;

    /// <summary>Imagined steps n of a rollout, or of an expanded target. Default 1; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Horizon { get; init; } = 1;

    /// <summary>Imagined steps of a rollout in the end; 0 for as many as in the beginning. Default 0; 0 to 1000.</summary>
    [Range(0, 1000)]
    public int LastHorizon { get; init; }

    /// <summary>Real step until which rollouts have the first horizon. Default 0; 0 to 1,000,000,000.</summary>
    [Range(0, 1_000_000_000)]
    public int HorizonGrowsFrom { get; init; }

    /// <summary>Real step from which rollouts have the last horizon; in between it grows linearly. Default 1000; 0 to 1,000,000,000.</summary>
    [Range(0, 1_000_000_000)]
    public int HorizonGrowsTo { get; init; } = 1000;

    /// <summary>Rollouts side by side, each from a state of the replay. Default 400; 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int Rollouts { get; init; } = 400;

    /// <summary>Real steps between rollouts. Default 5; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RolloutsEvery { get; init; } = 5;

    /// <summary>Imagined transitions remembered: the older ones are of older policies and models. Default 20,000; 100 to 10,000,000.</summary>
    [Range(100, 10_000_000)]
    public int ImaginedCapacity { get; init; } = 20_000;

    /// <summary>Share of real transitions in the learner's minibatches, where rollouts are imagined. Default 0.1; 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double RealShare { get; init; } = 0.1;

    /// <summary>Gradient steps of the learner between two real steps. Default 20; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int UpdatesPerStep { get; init; } = 20;

    /// <summary>Real steps after which the model is trained again. Default 50; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RetrainEvery { get; init; } = 50;

    /// <summary>First real steps, taken at random; then the model is trained for the first time. Default 200; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RandomSteps { get; init; } = 200;

    /// <summary>Who acts after that. Default: the learner.</summary>
    public DataPolicy Data { get; init; } = DataPolicy.Learner;

    /// <summary>λ: imagined rewards are lowered by λ times the model's uncertainty (MOPO, Yu et al. 2020), so that the learner stays near the data. Default 0; 0 to 1e6.</summary>
    [Range(0.0, 1e6)]
    public double Penalty { get; init; }

    /// <summary>Real transitions remembered. Default 100,000; 100 to 100,000,000.</summary>
    [Range(100, 100_000_000)]
    public int ReplayCapacity { get; init; } = 100_000;

    /// <summary>n at a real step.</summary>
    internal int HorizonAt(long step)
    {
        if (LastHorizon == 0 || step <= HorizonGrowsFrom)
        {
            return Horizon;
        }

        double share = step >= HorizonGrowsTo ? 1.0 : (step - HorizonGrowsFrom) / (double)(HorizonGrowsTo - HorizonGrowsFrom);
        return (int)Math.Round(Horizon + (share * (LastHorizon - Horizon)));
    }

    /// <summary>Refuses combinations that make no sense.</summary>
    /// <exception cref="ArgumentException">The horizon is to grow from a later step than it grows to, or targets are weighted by how members differ that do not keep to themselves, or rewards of rollouts are to be lowered where there are no rollouts.</exception>
    public void Validate()
    {
        if (Penalty > 0 && Use != ModelUse.Rollouts)
        {
            throw new ArgumentException(FormattableString.Invariant($"penalty is {Penalty}; it lowers the rewards of rollouts, and with use = {Use} there are none: it must be 0."));
        }

        if (HorizonGrowsFrom > HorizonGrowsTo)
        {
            throw new ArgumentException($"horizonGrowsFrom is {HorizonGrowsFrom}; it may be at most horizonGrowsTo, {HorizonGrowsTo}.");
        }

        if (Use == ModelUse.WeightedExpansion && Model.Propagation != Propagation.TrajectorySamplingInfinite)
        {
            throw new ArgumentException($"model.propagation is {Model.Propagation}; with use = {Use} it must be {Propagation.TrajectorySamplingInfinite}: the weights are by the variance between members, each of which keeps to its own trajectory.");
        }
    }
}
