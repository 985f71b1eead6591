using Reverie.Agents;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Samples;

/// <summary>Control in real time: iLQR plans 2.5 s ahead within 5 ms a decision, and swings up two links that are driven in their middle joint alone.</summary>
public static class SwingUpInTime
{
    /// <summary>Acts for one episode of 5 s.</summary>
    /// <param name="time">The clock of the deadline.</param>
    /// <returns>How high the tip is at the end [link lengths], from −2 hanging to 2 upright, and the time of the median decision [ms].</returns>
    public static (double TipHeight, double Milliseconds) Run(TimeProvider time)
    {
        // <guide>
        var equations = new AcrobotSwingUp(new AcrobotSwingUpOptions());
        var world = new ContinuousWorld<AcrobotSwingUp>(equations, RandomKey.FromSeed(1));
        var model = new AnalyticModel<AcrobotSwingUp>(equations);
        var options = new IlqrOptions { Horizon = 50, Discount = 1.0, Deadline = 5.0 }; // milliseconds
        var planner = new IlqrPlanner(model, options, world.Spec.InitialAction, time);
        var policy = new MpcPolicy(model, planner, new RandomStream(RandomKey.FromSeed(2)));
        // </guide>
        var (observation, action) = (new double[world.Spec.ObservationSize], new double[world.Spec.Actions.Size]);
        var milliseconds = new List<double>();
        bool done = false;
        world.Reset(observation);
        while (!done)
        {
            long begin = time.GetTimestamp();
            policy.Act(observation, action);
            milliseconds.Add(time.GetElapsedTime(begin).TotalMilliseconds);
            done = world.Step(action, observation).Done;
        }

        milliseconds.Sort();
        return (-Math.Cos(observation[0]) - Math.Cos(observation[0] + observation[1]), milliseconds[milliseconds.Count / 2]);
    }
}
