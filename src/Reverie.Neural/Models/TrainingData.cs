using Reverie.Experience;
using static TorchSharp.torch;

namespace Reverie.Neural.Models;

/// <summary>Transitions as normalised tensors.</summary>
internal sealed class TrainingData : IDisposable
{
    private readonly float[] inputRows;
    private readonly float[] targetRows;
    private readonly float[] endRows;

    private TrainingData(int count, float[] inputs, float[] targets, float[] ends, DynamicsEnsemble ensemble)
    {
        (Count, inputRows, targetRows, endRows) = (count, inputs, targets, ends);
        var device = ensemble.Device;
        Inputs = tensor(inputs, [count, ensemble.Embedding.InputSize], device: device);
        Targets = tensor(targets, [count, ensemble.Targets], device: device);
        Ends = ensemble.Options.LearnTermination ? tensor(ends, [count, 1], device: device) : null;
    }

    /// <summary>Rows, N.</summary>
    public int Count { get; }

    /// <summary><c>[N, InputSize]</c>.</summary>
    public Tensor Inputs { get; }

    /// <summary><c>[N, Targets]</c>.</summary>
    public Tensor Targets { get; }

    /// <summary>1 where the task ended, <c>[N, 1]</c>; null where termination is not learned.</summary>
    public Tensor? Ends { get; }

    /// <summary>The training or the validation part of a replay.</summary>
    /// <param name="ensemble">Whose embedding and normalisers to use.</param>
    /// <param name="replay">The transitions.</param>
    /// <param name="validation">Which part.</param>
    /// <param name="fit">Whether to fit the normalisers to this part first.</param>
    public static TrainingData From(DynamicsEnsemble ensemble, ReplayBuffer replay, bool validation, bool fit)
    {
        var embedding = ensemble.Embedding;
        var rows = new List<int>(replay.Count);
        for (int i = 0; i < replay.Count; i++)
        {
            if ((ensemble.Options.ValidationFraction > 0 && replay.IsValidation(i)) == validation)
            {
                rows.Add(i);
            }
        }

        int n = rows.Count, width = embedding.InputSize, k = ensemble.Targets;
        var inputs = new float[n * width];
        var targets = new float[n * k];
        var ends = new float[n];
        for (int r = 0; r < n; r++)
        {
            int i = rows[r];
            embedding.Embed(replay.Observation(i), replay.Action(i), inputs.AsSpan(r * width, width));
            embedding.Difference(replay.Observation(i), replay.NextObservation(i), targets.AsSpan(r * k, k));
            if (ensemble.Options.LearnReward)
            {
                targets[(r * k) + k - 1] = (float)replay.Reward(i);
            }

            ends[r] = replay.Terminated(i) ? 1f : 0f;
        }

        if (fit && n > 0)
        {
            ensemble.InputNormalizer.Fit(inputs);
            ensemble.TargetNormalizer.Fit(targets);
        }

        ensemble.InputNormalizer.Apply(inputs);
        ensemble.TargetNormalizer.Apply(targets);
        return new TrainingData(n, inputs, targets, ends, ensemble);
    }

    /// <summary>Copies rows for the fused passes: what <c>index_select</c> does for tensors.</summary>
    public void Gather(ReadOnlySpan<long> rows, Span<float> inputs, Span<float> targets, Span<float> ends)
    {
        int width = inputs.Length / rows.Length, k = targets.Length / rows.Length;
        for (int r = 0; r < rows.Length; r++)
        {
            int row = (int)rows[r];
            inputRows.AsSpan(row * width, width).CopyTo(inputs.Slice(r * width, width));
            targetRows.AsSpan(row * k, k).CopyTo(targets.Slice(r * k, k));
            ends[r] = endRows[row];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
        Ends?.Dispose();
    }
}
