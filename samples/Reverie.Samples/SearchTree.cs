using Reverie.Agents;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Samples;

/// <summary>Plan by simulation alone: UCT forgoes the small reward at hand on the chain for the great one at its end. It asks its model only to simulate, and
/// never sees the table of states behind it.</summary>
public static class SearchTree
{
    /// <summary>Plans and acts.</summary>
    /// <param name="steps">Steps of the episode.</param>
    /// <returns>The mean reward of a step: 1.6 for who always takes the small one, 3.7 at best.</returns>
    public static double Run(int steps)
    {
        var problem = Chain.Create(new ChainOptions { MaxSteps = steps });
        var world = new FiniteWorld(problem, RandomKey.FromSeed(1)); // what is acted in
        var model = new FiniteModel(problem.Mdp);                    // what is planned in
        var planner = new Uct(model, new UctOptions { Horizon = 25, Population = 1000, Discount = world.Spec.Discount });
        var policy = new MpcPolicy(model, planner, new RandomStream(RandomKey.FromSeed(2)));

        var (observation, action) = (new double[1], new double[1]);
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
        return total / steps;
    }
}
