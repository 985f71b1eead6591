using Reverie.Agents;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Samples;

/// <summary>Plan: the model is given. The cross-entropy method swings a pole up in the world's own equations.</summary>
public static class PlanOnKnownWorld
{
    /// <summary>Acts for one episode.</summary>
    /// <returns>The sum of rewards.</returns>
    public static double Run()
    {
        // <readme>
        var equations = new CartPoleSwingUp(new CartPoleSwingUpOptions());
        var world = new ContinuousWorld<CartPoleSwingUp>(equations, RandomKey.FromSeed(1)); // what is acted in
        var model = new AnalyticModel<CartPoleSwingUp>(equations);                          // what is planned in
        var planner = new CrossEntropyMethod(model, new CrossEntropyOptions { Horizon = 25, Population = 200 });
        var policy = new MpcPolicy(model, planner, new RandomStream(RandomKey.FromSeed(2)));

        var (observation, action) = (new double[world.Spec.ObservationSize], new double[world.Spec.Actions.Size]);
        double total = 0;
        StepResult step;
        world.Reset(observation);
        do
        {
            policy.Act(observation, action);
            step = world.Step(action, observation);
            total += step.Reward;
        }
        while (!step.Done);
        // </readme>
        return total;
    }
}
