using Reverie.Models;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Models;

/// <summary>
/// A trained ensemble as a model with all three powers: it simulates, it evaluates candidate plans in one fused pass, and it
/// linearises its mean. Its state is the observation.
/// </summary>
/// <remarks>
/// Inference runs in managed code on a copy of the weights (<see cref="Refresh"/>): tiles of 64 particles go through all layers
/// while in cache, with no tensors made. Randomness depends on the key, tile, particle and step only, never on threads.
/// Derivatives are for one caller at a time.
/// </remarks>
public sealed partial class EnsembleModel : ISimulator, IEvaluator, ILinearizer
{
    private const int Tile = DenseKernel.TileWidth;

    private readonly DynamicsEnsemble ensemble;
    private readonly ITask? task;
    private readonly Workers workers;
    private readonly double discount;
    private readonly PackedNetwork[] networks;
    private readonly float[][] lowestLogVariance;
    private readonly float[][] highestLogVariance;
    private readonly EnsembleScratch?[] scratch;
    private readonly int stateSize;
    private readonly int actionSize;
    private readonly int targets;

    /// <summary>A model over <paramref name="ensemble"/>'s present weights.</summary>
    /// <param name="ensemble">The ensemble; it stays the caller's.</param>
    /// <param name="task">Reward and termination, for whichever the ensemble does not learn.</param>
    /// <param name="workers">Threads to share tiles among.</param>
    /// <param name="discount">γ of an evaluation, in (0, 1].</param>
    /// <exception cref="ArgumentException">Reward or termination is neither learned nor given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The discount is out of range.</exception>
    public EnsembleModel(DynamicsEnsemble ensemble, ITask? task, Workers workers, double discount = 1.0)
    {
        if (task is null && !(ensemble.Options.LearnReward && ensemble.Options.LearnTermination))
        {
            throw new ArgumentException("Reward and termination must be known (a task) where the ensemble does not learn them.", nameof(task));
        }

        if (!(discount is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(discount), discount, "The discount must be above 0 and at most 1.");
        }

        (this.ensemble, this.task, this.workers, this.discount) = (ensemble, task, workers, discount);
        stateSize = ensemble.Embedding.ObservationSize;
        actionSize = Actions.Size;
        targets = ensemble.Targets;
        networks = [.. Enumerable.Range(0, ensemble.Options.Members).Select(_ => new PackedNetwork(ensemble.Network.Sizes))];
        lowestLogVariance = [.. networks.Select(_ => new float[targets])];
        highestLogVariance = [.. networks.Select(_ => new float[targets])];
        scratch = new EnsembleScratch?[workers.Count];
        finalPairs = task is null ? [] : CurvaturePattern.OfFinalReward(task, stateSize);
        evaluation = new EvaluationJob(this);
        Refresh();
    }

    /// <inheritdoc/>
    public int StateSize => stateSize;

    /// <inheritdoc/>
    public ActionSpace Actions => ensemble.Embedding.Actions;

    /// <summary>The ensemble whose weights are used.</summary>
    public DynamicsEnsemble Ensemble => ensemble;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the state has the wrong size.</exception>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state)
    {
        Require(observation.Length, stateSize, nameof(observation));
        Require(state.Length, stateSize, nameof(state));
        observation.CopyTo(state);
    }

    /// <summary>How often weights were taken over.</summary>
    internal int Refreshes { get; private set; }

    /// <summary>The known reward and termination.</summary>
    internal ITask? Task => task;

    /// <summary>A member's weights.</summary>
    internal PackedNetwork Packed(int member) => networks[member];

    /// <summary>Takes over the ensemble's present weights: call it after training.</summary>
    public void Refresh()
    {
        Refreshes++;
        derivatives?.Forget();
        var network = ensemble.Network;
        int layers = network.Sizes.Count - 1;
        var inputs = ensemble.InputNormalizer;
        var outputs = ensemble.TargetNormalizer;

        // Raw outputs: mean' = σ·mean + μ; log-variance' = log-variance + 2 ln σ; the logit of termination as it is.
        int width = network.Sizes[^1];
        var scale = new float[width];
        var shift = new float[width];
        Array.Fill(scale, 1f);
        for (int k = 0; k < targets; k++)
        {
            scale[k] = outputs.Deviation[k];
            shift[k] = outputs.Mean[k];
            if (ensemble.Options.Stochastic)
            {
                shift[targets + k] = 2f * MathF.Log(outputs.Deviation[k]);
            }
        }

        for (int l = 0; l < layers; l++)
        {
            float[] w = network.Weights(l).ToFloats();
            float[] b = network.Biases(l).ToFloats();
            int wSize = network.Sizes[l] * network.Sizes[l + 1], bSize = network.Sizes[l + 1];
            for (int e = 0; e < networks.Length; e++)
            {
                networks[e].Set(
                    l,
                    w.AsSpan(e * wSize, wSize),
                    b.AsSpan(e * bSize, bSize),
                    l == 0 ? inputs.Mean : [],
                    l == 0 ? inputs.Deviation : [],
                    l == layers - 1 ? scale : [],
                    l == layers - 1 ? shift : []);
            }
        }

        if (network.Extra is { } bounds)
        {
            float[] values = bounds.ToFloats();
            for (int e = 0; e < networks.Length; e++)
            {
                for (int k = 0; k < targets; k++)
                {
                    highestLogVariance[e][k] = values[(e * 2 * targets) + k] + shift[targets + k];
                    lowestLogVariance[e][k] = values[(e * 2 * targets) + targets + k] + shift[targets + k];
                }
            }
        }
    }

    private EnsembleScratch Rent()
    {
        for (int i = 0; i < scratch.Length; i++)
        {
            if (Interlocked.Exchange(ref scratch[i], null) is { } free)
            {
                return free;
            }
        }

        return new EnsembleScratch(stateSize, actionSize, ensemble.Embedding.InputSize, networks[0].Rows, ensemble.Network.Sizes[^1], Math.Max(ensemble.Options.Particles, 1));
    }

    private void Return(EnsembleScratch used)
    {
        for (int i = 0; i < scratch.Length; i++)
        {
            if (Interlocked.CompareExchange(ref scratch[i], used, null) is null)
            {
                return;
            }
        }
    }
}
