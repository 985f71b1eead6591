using Reverie.Neural.Networks;
using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Neural.Agents;

/// <summary>
/// Networks of a learner and what trains them, on the CPU in managed code: passes over whole minibatches, and over single rows to act by.
/// </summary>
internal sealed class TrainedNetwork : IDisposable
{
    private readonly FlatAdam optimizer;
    private readonly FusedPasses single;

    /// <summary>Draws the weights.</summary>
    /// <param name="members">Networks side by side, E.</param>
    /// <param name="sizes">Layer widths from input to output.</param>
    /// <param name="batch">Rows of a minibatch, B.</param>
    /// <param name="random">Draws the weights.</param>
    /// <param name="workers">Threads for the passes.</param>
    public TrainedNetwork(int members, IReadOnlyList<int> sizes, int batch, RandomStream random, Workers workers)
    {
        Network = new EnsembleNetwork(members, sizes, 0, random, CPU);
        optimizer = new FlatAdam(Network, workers);
        Passes = new FusedPasses(Network, batch, workers);
        single = batch == 1 ? Passes : new FusedPasses(Network, 1, workers);
    }

    /// <summary>The parameters.</summary>
    public EnsembleNetwork Network { get; }

    /// <summary>Passes over a minibatch.</summary>
    public FusedPasses Passes { get; }

    /// <summary>The passes that suit what is left of a large table: a row alone, else a minibatch.</summary>
    public FusedPasses PassesFor(int rows) => rows == 1 ? single : Passes;

    /// <summary>A step along the gradient of the last backward pass.</summary>
    public void Step(double learningRate) => optimizer.Step(learningRate, 0.0);

    /// <summary>Writes parameters and moments under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/parameters", Network.Parameters.ToFloats());
        optimizer.Save(state, $"{prefix}/adam");
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        Network.Parameters.CopyFrom(state.GetSingle($"{prefix}/parameters", (int)Network.Parameters.NumberOfElements));
        optimizer.Load(state, $"{prefix}/adam");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        Network.Dispose();
    }
}
