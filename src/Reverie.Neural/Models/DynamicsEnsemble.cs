using Reverie.Neural.Networks;
using Reverie.Numerics;
using Reverie.Worlds;
using static TorchSharp.torch;

namespace Reverie.Neural.Models;

/// <summary>
/// An ensemble of neural dynamics models and what belongs to it: networks, optimiser, normalisers, elites. Each member predicts the
/// change of the observation, Δ = f(embed(o), u), and where asked the reward and the logit of termination; either as a point or as
/// a normal distribution with bounded log-variance (Chua et al. 2018, section 4).
/// </summary>
public sealed class DynamicsEnsemble : IDisposable
{
    private readonly Workers? workers;
    private FusedGradient? fused;

    /// <summary>Makes an untrained ensemble.</summary>
    /// <param name="spec">The world whose observations and actions it models.</param>
    /// <param name="options">The options.</param>
    /// <param name="random">Draws initial weights and, in training, minibatches.</param>
    /// <param name="workers">Threads for training on the CPU by fused passes; null to train by libtorch alone.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public DynamicsEnsemble(WorldSpec spec, DynamicsOptions options, RandomStream random, Workers? workers = null)
    {
        this.workers = workers;
        OptionRanges.Checked(options).Validate();
        (Spec, Options, Random, Device) = (spec, options, random, Choose(options.Device));
        Embedding = new ObservationEmbedding(spec);
        Targets = spec.ObservationSize + (options.LearnReward ? 1 : 0);
        int outputs = (Targets * (options.Stochastic ? 2 : 1)) + (options.LearnTermination ? 1 : 0);
        int[] sizes = [Embedding.InputSize, .. Enumerable.Repeat(options.HiddenSize, options.HiddenLayers), outputs];
        Network = new EnsembleNetwork(options.Members, sizes, options.Stochastic ? 2 * Targets : 0, random, Device);
        Optimizer = new FlatAdam(Network, workers);
        InputNormalizer = new Normalizer(Embedding.InputSize);
        TargetNormalizer = new Normalizer(Targets);
        Elites = [.. Enumerable.Range(0, options.Elites)];
        if (Network.Extra is { } bounds)
        {
            // Log-variance bounds in units of the normalised targets, learned from here on.
            using var scope = NewDisposeScope();
            using var guard = no_grad();
            bounds.narrow(2, 0, Targets).fill_(0.5f);
            bounds.narrow(2, Targets, Targets).fill_(-10f);
        }
    }

    /// <summary>The world whose observations and actions are modelled.</summary>
    public WorldSpec Spec { get; }

    /// <summary>The options.</summary>
    public DynamicsOptions Options { get; }

    /// <summary>Where it is trained.</summary>
    public Device Device { get; }

    /// <summary>Draws minibatches.</summary>
    public RandomStream Random { get; }

    /// <summary>Inputs and targets.</summary>
    public ObservationEmbedding Embedding { get; }

    /// <summary>Predicted numbers: the observation's features, and the reward if it is learned.</summary>
    public int Targets { get; }

    /// <summary>The networks.</summary>
    public EnsembleNetwork Network { get; }

    /// <summary>Their optimiser.</summary>
    public FlatAdam Optimizer { get; }

    /// <summary>Of the inputs.</summary>
    public Normalizer InputNormalizer { get; }

    /// <summary>Of the targets.</summary>
    public Normalizer TargetNormalizer { get; }

    /// <summary>The members used for imagination, in order of validation loss.</summary>
    public int[] Elites { get; }

    private static Device Choose(TrainingDevice device)
    {
        bool found = device != TrainingDevice.Cpu && cuda.is_available();
        return device == TrainingDevice.Cuda && !found
            ? throw new ArgumentException("device is cuda, but libtorch finds none here; allowed are auto and cpu.")
            : found ? CUDA : CPU;
    }

    /// <summary>The fused gradient for minibatches of a size; null where training is libtorch's.</summary>
    internal FusedGradient? Fused(int batch)
    {
        if (workers is null || Device.type != TorchSharp.DeviceType.CPU)
        {
            return null;
        }

        if (fused?.Batch != batch)
        {
            fused = new FusedGradient(this, batch, workers);
        }

        return fused;
    }

    /// <summary>
    /// Log-variance softly held between the learned bounds, elementwise:
    /// l ← max − softplus(max − l), then l ← min + softplus(l − min) (Chua et al. 2018, appendix A.1).
    /// </summary>
    internal Tensor BoundedLogVariance(Tensor logVariance)
    {
        var max = Network.Extra!.narrow(2, 0, Targets);
        var min = Network.Extra!.narrow(2, Targets, Targets);
        var bounded = max - nn.functional.softplus(max - logVariance);
        return min + nn.functional.softplus(bounded - min);
    }

    /// <summary>Writes the whole state under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/parameters", Network.Parameters.ToFloats());
        state.Set($"{prefix}/elites", Array.ConvertAll(Elites, e => (long)e));
        Optimizer.Save(state, $"{prefix}/adam");
        InputNormalizer.Save(state, $"{prefix}/inputs");
        TargetNormalizer.Save(state, $"{prefix}/targets");
        Random.Save(state, $"{prefix}/random");
    }

    /// <summary>Restores what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        Network.Parameters.CopyFrom(state.GetSingle($"{prefix}/parameters", (int)Network.Parameters.NumberOfElements));
        var elites = state.GetInt64($"{prefix}/elites", Elites.Length);
        for (int i = 0; i < Elites.Length; i++)
        {
            if (elites[i] < 0 || elites[i] >= Options.Members)
            {
                throw new StateException($"the saved state's entry '{prefix}/elites' names member {elites[i]} of {Options.Members}");
            }

            Elites[i] = (int)elites[i];
        }

        Optimizer.Load(state, $"{prefix}/adam");
        InputNormalizer.Load(state, $"{prefix}/inputs");
        TargetNormalizer.Load(state, $"{prefix}/targets");
        Random.Load(state, $"{prefix}/random");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Network.Dispose();
    }
}
