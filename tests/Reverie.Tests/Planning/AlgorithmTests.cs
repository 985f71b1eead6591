using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Tests.Planning;

/// <summary>What each planner does by itself.</summary>
public class AlgorithmTests
{
    private static readonly ActionSpace Box = ActionSpace.Symmetric(1, 2.0);
    private static readonly double[] Optimum = [1.3, -0.7, 0.2, -1.9, 1.1];
    private readonly double[] action = new double[1];

    [Fact]
    public void Refitting_takes_mean_and_deviation_of_the_elites()
    {
        var population = new Population(Flat(), 1, 4);
        var plan = new GaussianPlan(population);
        plan.ResetDeviation(1.0);
        float[] z = [1f, 2f, -3f, 4f];
        z.CopyTo(population.Variable(0));
        population.Score([0.0], default);

        // Of 1 and 4 (limited to the box: 1): mean 1, deviation 0. Before limiting, candidates are as given.
        Assert.Equal([1f, 1f, -1f, 1f], population.Variable(0)[..4]);
        z.CopyTo(population.Variable(0));

        // Elites 1 and 4: mean 2.5, deviation 1.5; with α = ¼: ¼·0 + ¾·2.5 and ¼·1 + ¾·1.5.
        double expected = plan.Refit([0, 3], 0.25);
        Assert.Equal(1.875f, plan.Mean[0]);
        Assert.Equal(1.375f, plan.Deviation[0]);

        // Flat() returns 2 u of the limited candidates, box ±2: 2 and 2.
        Assert.Equal(2.0, expected);
    }

    [Fact]
    public void Candidates_are_ranked_from_the_best_to_the_worst()
    {
        var population = new Population(Flat(), 1, 5);
        float[] z = [0.5f, -0.5f, 0.9f, 0f, -1f];
        z.CopyTo(population.Variable(0));
        population.Score([0.0], default);
        Assert.Equal([2, 0, 3, 1, 4], population.Rank().ToArray());
        Assert.Equal(2, population.Best());
        Assert.Equal(4, population.Worst());
    }

    [Theory]
    [InlineData("cem", 0.02)]
    [InlineData("icem", 0.15)]
    [InlineData("mppi", 0.15)]
    public void The_distribution_closes_in_on_a_known_optimum(string name, double distance)
    {
        var model = new Landscape(Box, (_, plan) => -plan.Zip(Optimum, (u, best) => (u - best) * (u - best)).Sum());
        IPlanner planner = name switch
        {
            "cem" => new CrossEntropyMethod(model, new() { Horizon = 5, Population = 300, Iterations = 15 }),
            "icem" => new ImprovedCrossEntropyMethod(model, new() { Horizon = 5, Population = 300, Iterations = 15, NoiseExponent = 0 }),
            _ => new PathIntegral(model, new() { Horizon = 5, Population = 300, Iterations = 30, NoiseExponent = 0, Deviation = 0.3, Temperature = 0.1 }),
        };
        double expected = planner.Plan([0.0], action, RandomKey.FromSeed(1));
        Assert.Equal(Optimum[0], action[0], distance);

        // The best of 300 plans drawn at random stays below −1.
        Assert.InRange(expected, -0.5, 0.0);
    }

    [Fact]
    public void Weights_are_the_softmax_of_returns()
    {
        // Two candidates, the mean 0 and one drawn; returns 0 and 1 with deviation ½; λ = 2·½ = 1: weights 1 : e.
        var model = new Landscape(Box, (_, plan) => plan[0] == 0.0 ? 0.0 : 1.0);
        var planner = new PathIntegral(model, new() { Horizon = 1, Population = 2, Iterations = 1, Temperature = 2.0, KeepBest = false });
        double expected = planner.Plan([0.0], action, RandomKey.FromSeed(1));
        double weight = Math.E / (1.0 + Math.E);
        var (plans, _) = Assert.Single(model.Asked);
        Assert.Equal(0.0, plans[0][0]);
        Assert.NotEqual(0.0, plans[1][0]);
        Assert.Equal(weight, expected, 1e-9);
        Assert.Equal(weight * plans[1][0], action[0], 1e-6);
    }

    [Fact]
    public void Improved_cem_keeps_elites_and_shifts_them_between_decisions()
    {
        var model = new Landscape(Box, (_, plan) => -plan.Zip(Optimum, (u, best) => (u - best) * (u - best)).Sum());
        var planner = new ImprovedCrossEntropyMethod(model, new() { Horizon = 5, Population = 100, Elites = 10, KeptFraction = 0.3, Decay = 2.0, Iterations = 4 });
        planner.Plan([0.0], action, RandomKey.FromSeed(1));
        planner.Plan([0.0], action, RandomKey.FromSeed(2));
        int[] sizes = [100, 50, 25, 20];
        Assert.Equal([.. sizes, .. sizes], model.Asked.Select(a => a.Plans.Length));
        for (int i = 1; i < model.Asked.Count; i++)
        {
            var (plans, returns) = model.Asked[i - 1];
            int[] elites = [.. Enumerable.Range(0, plans.Length).OrderByDescending(n => returns[n]).Take(3)];
            for (int k = 0; k < 3; k++)
            {
                double[] kept = plans[elites[k]];

                // The last iteration of each decision, 4 in each, has the mean before them.
                Assert.Equal(i == 4 ? [.. kept[1..], 0.0] : kept, model.Asked[i].Plans[i % 4 == 3 ? k + 1 : k]);
            }
        }
    }

    [Fact]
    public void Improved_cem_scores_the_mean_among_the_last_candidates_and_executes_the_best_candidate()
    {
        var model = new Landscape(Box, (_, plan) => -plan.Zip(Optimum, (u, best) => (u - best) * (u - best)).Sum());
        var planner = new ImprovedCrossEntropyMethod(model, new() { Horizon = 5, Population = 50, Elites = 4, Smoothing = 0, Iterations = 2 });
        double expected = planner.Plan([0.0], action, RandomKey.FromSeed(3));
        var (plans, returns) = model.Asked[0];
        double[][] elites = [.. Enumerable.Range(0, 50).OrderByDescending(n => returns[n]).Take(4).Select(n => plans[n])];
        for (int t = 0; t < 5; t++)
        {
            Assert.Equal(elites.Average(e => e[t]), model.Asked[1].Plans[0][t], 1e-5);
        }

        var all = model.Asked.SelectMany(a => a.Plans.Zip(a.Returns)).MaxBy(c => c.Second);
        Assert.Equal(all.Second, expected);
        Assert.Equal(all.First[0], action[0], 1e-6);
    }

    [Fact]
    public void Random_shooting_executes_the_best_of_uniform_plans()
    {
        var model = new Landscape(Box, (_, plan) => -plan.Zip(Optimum, (u, best) => (u - best) * (u - best)).Sum());
        var planner = new RandomShooting(model, new() { Horizon = 5, Population = 2000 });
        double expected = planner.Plan([0.0], action, RandomKey.FromSeed(1));
        var (plans, returns) = Assert.Single(model.Asked);
        int best = Array.IndexOf(returns, returns.Max());
        Assert.Equal(returns[best], expected);
        Assert.Equal(plans[best][0], action[0], 1e-6);

        // Uniform in ±2: mean 0, variance 4/3.
        Assert.Equal(0.0, plans.Average(p => p[2]), 0.1);
        Assert.Equal(4.0 / 3.0, plans.Average(p => p[2] * p[2]), 0.1);
    }

    [Theory]
    [InlineData("cem")]
    [InlineData("icem")]
    [InlineData("mppi")]
    [InlineData("random-shooting")]
    public void A_draw_is_held_for_as_many_steps_as_asked(string name)
    {
        const int Horizon = 8, Hold = 3;
        var model = new Landscape(ActionSpace.Symmetric(2, 100.0), (_, _) => 0.0);
        IPlanner planner = name switch
        {
            "cem" => new CrossEntropyMethod(model, new() { Horizon = Horizon, Population = 40, Hold = Hold, InitialDeviation = 0.1, KeepBest = false }),
            "icem" => new ImprovedCrossEntropyMethod(model, new() { Horizon = Horizon, Population = 40, Hold = Hold, InitialDeviation = 0.1 }),
            "mppi" => new PathIntegral(model, new() { Horizon = Horizon, Population = 40, Hold = Hold, Deviation = 0.1, KeepBest = false }),
            _ => new RandomShooting(model, new() { Horizon = Horizon, Population = 40, Hold = Hold, KeepBest = false }),
        };
        planner.Plan([0.0], new double[2], RandomKey.FromSeed(1));

        // The first candidate of MPPI is the mean.
        foreach (var plan in model.Asked[0].Plans.Skip(name == "mppi" ? 1 : 0))
        {
            for (int t = 1; t < Horizon; t++)
            {
                for (int a = 0; a < 2; a++)
                {
                    Assert.Equal(t % Hold != 0, plan[(2 * t) + a] == plan[(2 * (t - 1)) + a]);
                }

                Assert.NotEqual(plan[2 * t], plan[(2 * t) + 1]);
            }
        }
    }

    [Fact]
    public void Where_discrete_plans_are_all_alike_improved_cem_holds_to_one()
    {
        var model = new Landscape(ActionSpace.Discrete(5), (_, _) => -1.0);
        var planner = new ImprovedCrossEntropyMethod(model, new() { Horizon = 6, Population = 40, Elites = 4 });
        planner.Plan([0.0], action, RandomKey.FromSeed(1));
        double[] plan = model.Asked[0].Plans[0];
        Assert.Equal(plan[0], action[0]);
        for (int t = 1; t < 5; t++)
        {
            planner.Plan([0.0], action, RandomKey.FromSeed(t + 1));
            Assert.Equal(plan[t], action[0]);
        }
    }

    [Fact]
    public void Without_keeping_the_best_a_decision_starts_from_fresh_plans()
    {
        var model = new Landscape(Box, (_, plan) => plan[0]);
        var planner = new RandomShooting(model, new() { Horizon = 3, Population = 20, KeepBest = false });
        planner.Plan([0.0], action, RandomKey.FromSeed(1));
        planner.Plan([0.0], action, RandomKey.FromSeed(2));
        var (first, second) = (model.Asked[0].Plans.Select(p => p[1]), model.Asked[1].Plans.Select(p => p[0]));
        Assert.Empty(first.Intersect(second));
    }

    private static Landscape Flat() => new(Box, (_, plan) => plan[0]);
}
