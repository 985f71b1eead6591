using Reverie.Agents;
using Reverie.Models;
using Reverie.Worlds;

namespace Reverie.Experiments;

/// <summary>A real episode, or its beginning.</summary>
/// <param name="observations">What was seen, <c>[T + 1][F]</c>.</param>
/// <param name="actions">What was done, flat <c>[T][A]</c>.</param>
internal sealed class RealEpisode(double[][] observations, double[] actions)
{
    public double[][] Observations => observations;

    public int Steps => observations.Length - 1;

    /// <summary>The sum of its rewards; 0 where they were not kept.</summary>
    public double Return { get; init; }

    private int ActionSize => actions.Length / Steps;

    private int Features => observations[0].Length;

    /// <summary>What was done at a step, <c>[A]</c>.</summary>
    public ReadOnlySpan<double> Action(int step) => actions.AsSpan(step * ActionSize, ActionSize);

    /// <summary>Runs an episode.</summary>
    public static RealEpisode Collect(IWorld world, IPolicy policy, CancellationToken cancel)
    {
        var (observations, actions) = (new List<double[]>(), new List<double>());
        var last = new double[world.Spec.ObservationSize];
        var action = new double[world.Spec.Actions.Size];
        world.Reset(last);
        policy.Reset();
        double sum = 0;
        for (bool done = false; !done;)
        {
            cancel.ThrowIfCancellationRequested();
            policy.Act(last, action);
            observations.Add([.. last]);
            actions.AddRange(action);
            var result = world.Step(action, last);
            (sum, done) = (sum + result.Reward, result.Done);
        }

        observations.Add(last);
        return new RealEpisode([.. observations], [.. actions]) { Return = sum };
    }

    /// <summary>
    /// What the members imagine from every step of the episode, flat <c>[K][T][horizon][F]</c>. Where the episode ends before
    /// the horizon its last action is repeated; what is imagined beyond its end means nothing.
    /// </summary>
    public double[] Imagine(IImagination imagination, int horizon)
    {
        var starts = new double[Steps * Features];
        var plans = new double[Steps * horizon * ActionSize];
        for (int start = 0; start < Steps; start++)
        {
            observations[start].CopyTo(starts, start * Features);
            for (int t = 0; t < horizon; t++)
            {
                actions.AsSpan(Math.Min(start + t, Steps - 1) * ActionSize, ActionSize).CopyTo(plans.AsSpan(((start * horizon) + t) * ActionSize));
            }
        }

        var imagined = new double[imagination.Members * Steps * horizon * Features];
        imagination.Imagine(Steps, starts, plans, imagined);
        return imagined;
    }

    /// <summary>The episode's beginning and what each member imagines from its start.</summary>
    public OpenLoopTrajectory Trajectory(IImagination imagination, int horizon)
    {
        int steps = Math.Min(horizon, Steps);
        var imagined = new double[imagination.Members * steps * Features];
        imagination.Imagine(1, observations[0], actions.AsSpan(0, steps * ActionSize), imagined);
        var members = Enumerable.Range(0, imagination.Members).Select(k => (double[][])
            [observations[0], .. Enumerable.Range(0, steps).Select(t => imagined.AsSpan(((k * steps) + t) * Features, Features).ToArray())]);
        return new OpenLoopTrajectory(observations[..(steps + 1)], [.. members]);
    }
}
