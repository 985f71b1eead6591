using Reverie.Agents;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using Reverie.Worlds;
using static TorchSharp.torch;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>
/// A stochastic policy π(a|s) for gradients by the likelihood ratio, ∇ log π (Williams 1992). Numbered actions: softmax, π(a|s) = exp z_a(s) / Σ_b exp z_b(s).
/// Controls: normal, z ~ N(μ(s), σ²) with σ of its own for each control, the same in every state; what is executed is u = c + h z limited to the box, c its middle and h half its width,
/// or, squashed, u = c + h tanh z.
/// </summary>
/// <remarks>
/// Likelihoods are those of z, before it is limited or squashed: that counts as part of the world, and the gradient stays exact. The weights are single-precision; hidden layers are SiLU.
/// </remarks>
public sealed class LikelihoodPolicy : IDisposable
{
    /// <summary>The logarithm of σ stays within these.</summary>
    private const float LeastLogDeviation = -5f, MostLogDeviation = 1f;

    /// <summary>By how much the last layer's weights are smaller at first, so that the first policy hardly depends on the state (Andrychowicz et al. 2021, section 3.2).</summary>
    private const double LastLayerScale = 0.01;

    /// <summary>Beyond this tanh z, z is not told from infinity.</summary>
    private const double LargestSquashed = 1.0 - 1e-9;

    private readonly double[] middle;
    private readonly double[] half;
    private readonly bool squash;

    /// <summary>A policy with random weights.</summary>
    /// <param name="features">What it sees; shared with whoever else does.</param>
    /// <param name="actions">What may be done.</param>
    /// <param name="hidden">Widths of the hidden layers; none for a policy that is linear in its features.</param>
    /// <param name="initialDeviation">σ at first, in (0, 2.7]; of no effect for numbered actions.</param>
    /// <param name="random">Draws the weights.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="squash">Whether controls keep to the box by tanh, rather than by being cut off; of no effect for numbered actions.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is out of range.</exception>
    public LikelihoodPolicy(ObservationFeatures features, ActionSpace actions, IReadOnlyList<int> hidden, double initialDeviation, RandomStream random, Workers workers, bool squash = false)
    {
        if (!(initialDeviation > 0.0 && initialDeviation <= 2.7))
        {
            throw new ArgumentOutOfRangeException(nameof(initialDeviation), initialDeviation, "The initial deviation must be above 0 and at most 2.7.");
        }

        (Features, Actions, Workers, this.squash) = (features, actions, workers, squash);
        int outputs = actions.IsDiscrete ? actions.Choices : actions.Size;
        Network = new EnsembleNetwork(1, [features.Size, .. hidden, outputs], actions.IsDiscrete ? 0 : actions.Size, random, CPU);
        Optimizer = new FlatAdam(Network, workers);
        middle = [.. actions.Low.Zip(actions.High, (low, high) => 0.5 * (low + high))];
        half = [.. actions.Low.Zip(actions.High, (low, high) => 0.5 * (high - low))];
        using var guard = no_grad();
        Network.Weights(Network.Sizes.Count - 2).mul_(LastLayerScale);
        Network.Extra?.fill_(Math.Log(initialDeviation));
    }

    /// <summary>What it sees.</summary>
    public ObservationFeatures Features { get; }

    /// <summary>What may be done.</summary>
    public ActionSpace Actions { get; }

    /// <summary>Number of its parameters θ: weights, biases, and for controls log σ.</summary>
    public int ParameterCount => (int)Network.Parameters.NumberOfElements;

    /// <summary>Its parameters θ: the weights layer by layer, row-major <c>[in, out]</c>; then the biases; then, for controls, log σ.</summary>
    public float[] Parameters => Network.Parameters.ToFloats();

    internal EnsembleNetwork Network { get; }

    internal FlatAdam Optimizer { get; }

    internal Workers Workers { get; }

    /// <summary>The policy as one that acts, by draws or, where no randomness is given, by the likeliest action. It follows the parameters as they change.</summary>
    /// <param name="spec">The world.</param>
    /// <param name="random">Where from actions are drawn; null for the likeliest.</param>
    public IPolicy Actor(WorldSpec spec, RandomStream? random = null) => new LikelihoodActor(spec, this, random);

    /// <summary>Overwrites the parameters θ.</summary>
    /// <param name="parameters"><c>[ParameterCount]</c>, finite, in the order of <see cref="Parameters"/>.</param>
    /// <exception cref="ArgumentException">There are too many or too few.</exception>
    public void SetParameters(ReadOnlySpan<float> parameters)
    {
        if (parameters.Length != ParameterCount)
        {
            throw new ArgumentException($"Given {parameters.Length} parameters; the policy has {ParameterCount}.", nameof(parameters));
        }

        Network.Parameters.CopyFrom(parameters);
    }

    /// <summary>What is executed for a draw: u = c + h z within the box, u = c + h tanh z, or the action's number.</summary>
    /// <param name="draw">z, <c>[Actions.Size]</c>.</param>
    /// <param name="action">Receives u, <c>[Actions.Size]</c>.</param>
    internal void Execute(ReadOnlySpan<double> draw, Span<double> action)
    {
        for (int i = 0; i < action.Length; i++)
        {
            action[i] = Actions.IsDiscrete ? draw[i]
                : squash ? middle[i] + (half[i] * Math.Tanh(draw[i]))
                : Math.Clamp(middle[i] + (half[i] * draw[i]), Actions.Low[i], Actions.High[i]);
        }
    }

    /// <summary>A draw that <see cref="Execute"/> turns into an action.</summary>
    /// <param name="action">u, <c>[Actions.Size]</c>.</param>
    /// <param name="draw">Receives z, <c>[Actions.Size]</c>.</param>
    internal void Invert(ReadOnlySpan<double> action, Span<double> draw)
    {
        for (int i = 0; i < action.Length; i++)
        {
            double z = (action[i] - middle[i]) / half[i];
            draw[i] = Actions.IsDiscrete ? action[i] : squash ? Math.Atanh(Math.Clamp(z, -LargestSquashed, LargestSquashed)) : z;
        }
    }

    /// <summary>One step of the optimiser along the network's gradient, limited to a norm.</summary>
    internal unsafe void Descend(double learningRate, double largestNorm)
    {
        Gradients.Limit(Network, largestNorm);
        Optimizer.Step(learningRate, 0.0);
        if (Network.Extra is not null)
        {
            float* logDeviation = Network.ExtraParameters(0);
            for (int i = 0; i < Actions.Size; i++)
            {
                logDeviation[i] = Math.Clamp(logDeviation[i], LeastLogDeviation, MostLogDeviation);
            }
        }
    }

    /// <summary>Writes weights and optimiser under <paramref name="prefix"/>; the features are their owner's.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/parameters", Parameters);
        Optimizer.Save(state, $"{prefix}/adam");
    }

    /// <summary>Restores what <see cref="Save"/> wrote, bit for bit.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        Network.Parameters.CopyFrom(state.GetSingle($"{prefix}/parameters", ParameterCount));
        Optimizer.Load(state, $"{prefix}/adam");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Network.Dispose();
    }
}
