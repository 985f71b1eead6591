namespace Reverie.Models;

/// <summary>Asks a task where rows of steps ended.</summary>
/// <param name="task">The task.</param>
/// <param name="observationSize">O.</param>
/// <param name="actionSize">m.</param>
/// <param name="items">N.</param>
internal sealed class TerminationTest(ITask task, int observationSize, int actionSize, int items)
{
    private readonly int stride = Batch.StrideOf(items);
    private readonly float[] before = new float[observationSize * Batch.StrideOf(items)];
    private readonly float[] actions = new float[actionSize * Batch.StrideOf(items)];
    private readonly float[] after = new float[observationSize * Batch.StrideOf(items)];
    private readonly float[] rewards = new float[Batch.StrideOf(items)];
    private readonly float[] ends = new float[Batch.StrideOf(items)];

    /// <summary>Whether the task ended on arriving in o'.</summary>
    /// <param name="observations">o, row-major <c>[N, O]</c>.</param>
    /// <param name="taken">u, row-major <c>[N, m]</c>.</param>
    /// <param name="next">o', row-major <c>[N, O]</c>.</param>
    /// <param name="terminated">Receives the answers, <c>[N]</c>.</param>
    public void Run(ReadOnlySpan<double> observations, ReadOnlySpan<double> taken, ReadOnlySpan<double> next, Span<bool> terminated)
    {
        Turn(observations, before, observationSize);
        Turn(taken, actions, actionSize);
        Turn(next, after, observationSize);
        task.Score(new Batch(before, observationSize, items, stride), new Batch(actions, actionSize, items, stride), new Batch(after, observationSize, items, stride), rewards, ends);
        for (int i = 0; i < items; i++)
        {
            terminated[i] = ends[i] > 0.5f;
        }
    }

    /// <summary>From rows to features.</summary>
    private void Turn(ReadOnlySpan<double> rows, float[] batch, int width)
    {
        for (int i = 0; i < items; i++)
        {
            for (int k = 0; k < width; k++)
            {
                batch[(k * stride) + i] = (float)rows[(i * width) + k];
            }
        }
    }
}
