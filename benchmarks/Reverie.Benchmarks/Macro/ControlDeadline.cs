using System.Diagnostics;
using Reverie.Agents;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Macro;

/// <summary>Model-predictive control of <c>cartpole-swingup</c> by iLQR with a deadline of 5 ms: how long decisions take, and what the episodes are worth.</summary>
internal sealed class ControlDeadline : IMacroBenchmark
{
    private const double Deadline = 5.0;
    private const int Episodes = 300;

    public string Name => "deadline";

    public string Summary => $"milliseconds of {Episodes} episodes' decisions of iLQR on cartpole-swingup with a deadline of {Deadline} ms, the first one included";

    public IEnumerable<MacroRow> Run()
    {
        var equations = new CartPoleSwingUp(new CartPoleSwingUpOptions());
        var world = new ContinuousWorld<CartPoleSwingUp>(equations, RandomKey.FromSeed(1));
        var model = new AnalyticModel<CartPoleSwingUp>(equations);
        var planner = new IlqrPlanner(model, (IlqrOptions)new IlqrOptions { Deadline = Deadline }.For(world.Spec));
        var policy = new MpcPolicy(model, planner, new RandomStream(RandomKey.FromSeed(2)));
        var milliseconds = new List<double>(Episodes * world.Spec.MaxSteps);
        var returns = new List<double>(Episodes);
        var (observation, action) = (new double[world.Spec.ObservationSize], new double[world.Spec.Actions.Size]);
        long bytes = 0;
        for (int episode = 0; episode < Episodes; episode++)
        {
            world.Reset(observation);
            policy.Reset();
            double total = 0.0;
            StepResult step;
            do
            {
                long allocated = GC.GetAllocatedBytesForCurrentThread();
                long before = Stopwatch.GetTimestamp();
                policy.Act(observation, action);
                milliseconds.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);

                // At first the runtime compiles its code anew, and allocates for that.
                bytes += episode >= Episodes / 3 ? GC.GetAllocatedBytesForCurrentThread() - allocated : 0;
                step = world.Step(action, observation);
                total += step.Reward;
            }
            while (!step.Done);
            returns.Add(total);
        }

        milliseconds.Sort();
        double Quantile(double p) => milliseconds[(int)Math.Ceiling(p * milliseconds.Count) - 1];
        yield return new($"ms a decision, median of {milliseconds.Count}", Quantile(0.5), "deadline", Deadline, Quantile(0.5) / Deadline);
        yield return new("ms a decision, 99th percentile", Quantile(0.99), "deadline", Deadline, Quantile(0.99) / Deadline);
        yield return new("ms a decision, 99.9th percentile", Quantile(0.999), "deadline", Deadline, Quantile(0.999) / Deadline, "at most 5 ms");
        yield return new("ms a decision, longest", milliseconds[^1], "deadline", Deadline, milliseconds[^1] / Deadline);
        yield return new("return, median of episodes", Race.Median(returns), "share above 26.7", returns.Count(r => r > 26.7) / (double)Episodes, double.NaN);
        yield return new("bytes allocated by all decisions after the first third", bytes, "", double.NaN, double.NaN, "0");
    }
}
