using Reverie.Agents;
using Reverie.Agents.Finite;
using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Agents.Finite;

/// <summary>Small runs that a broken algorithm fails.</summary>
public sealed class LearningTests
{
    private const string DynaMaze = ".......#G/..#....#./S.#....#./..#....../.....#.../.........";

    private const int Seeds = 10;

    [Fact]
    public void Planning_solves_the_maze_in_few_episodes()
    {
        // Sutton and Barto 2018, figure 8.2: 133 steps in the tenth episode without planning, 17 with five planning steps.
        Assert.InRange(TenthEpisode((w, k) => new DynaQAgent(w, new() { PlanningSteps = 0 }, k)), 70, 220);
        Assert.InRange(TenthEpisode((w, k) => new DynaQAgent(w, new() { PlanningSteps = 5 }, k)), 14, 24);
        Assert.InRange(TenthEpisode((w, k) => new DynaAgent(w, new() { PlanningSteps = 5 }, k)), 14, 22);
        Assert.InRange(TenthEpisode((w, k) => new DynaPsAgent(w, new() { PlanningSteps = 5 }, k)), 14, 22);
        Assert.InRange(TenthEpisode((w, k) => new ModelRlAgent(w, new() { PlanningSteps = 5 }, k)), 14, 30);
    }

    [Fact]
    public void R_max_swims_up_the_river() => Assert.InRange(Optimal((w, k) => new RMaxAgent(w, new() { K = 16 }, k), Seeds), 9, Seeds);

    [Fact]
    public void E3_swims_up_the_river() => Assert.InRange(Optimal((w, k) => new E3Agent(w, new() { K = 16 }, k), Seeds), 8, Seeds);

    [Fact]
    public void Posterior_sampling_swims_up_the_river() => Assert.InRange(Optimal((w, k) => new PosteriorSamplingAgent(w, new(), k), Seeds), 9, Seeds);

    [Fact]
    public void Mbie_eb_swims_up_the_river() => Assert.InRange(Optimal((w, k) => new MbieEbAgent(w, new() { Beta = 0.1, Precision = 1e-3 }, k), 4), 3, 4);

    [Fact]
    public void Dyna_Q_stays_where_the_river_pays_a_little() => Assert.Equal(0, Optimal((w, k) => new DynaQAgent(w, new(), k), 4));

    [Fact]
    public void E3_knows_ever_more_states_of_the_river()
    {
        List<double> known = [];
        var key = RandomKey.FromSeed(3);
        var world = new FiniteWorld(SmallWorlds.RiverSwim(), key.Split("world"));
        var agent = new E3Agent(world.Spec, new() { K = 16 }, key.Split("agent"), (name, value) => known.AddRange(name == "e3/known" ? [value] : []));
        agent.Live(world, 1, 5000);
        Assert.Equal([1, 2, 3, 4, 5, 6], known);
        Assert.True(agent.Finished);
        Assert.Equal(E3Mode.Exploit, agent.Mode);
    }

    [Fact]
    public void Dyna_Q_plus_finds_the_shortcut_that_Dyna_Q_passes_by()
    {
        const string Before = "....G/...../.####/...../...S.", After = "....G/...../.###./...../...S.";
        Assert.True(Shortcut((w, k) => new DynaQPlusAgent(w, new() { Alpha = 1, Kappa = 1e-3 }, k)) > Shortcut((w, k) => new DynaQAgent(w, new() { Alpha = 1 }, k)) + 30);

        static double Shortcut(Func<WorldSpec, RandomKey, IAgent> make)
        {
            double sum = 0;
            for (int seed = 0; seed < 5; seed++)
            {
                var key = RandomKey.FromSeed(seed);
                var problem = SmallWorlds.Maze(Before);
                var world = new FiniteWorld(problem with { Changes = [new FiniteChange(500, SmallWorlds.Maze(After).Mdp)] }, key.Split("world"));
                sum += make(world.Spec, key.Split("agent")).Live(world, int.MaxValue, 3000).Return;
            }

            return sum / 5;
        }
    }

    private static double TenthEpisode(Func<WorldSpec, RandomKey, IAgent> make)
    {
        double sum = 0;
        var problem = SmallWorlds.Maze(DynaMaze);
        for (int seed = 0; seed < Seeds; seed++)
        {
            var key = RandomKey.FromSeed(seed);
            var world = new FiniteWorld(problem, key.Split("world"));
            sum += make(world.Spec, key.Split("agent")).Live(world, 10).Episodes[9];
        }

        return sum / Seeds;
    }

    /// <summary>Seeds in which after 5,000 steps the agent would swim upstream in every state.</summary>
    private static int Optimal(Func<WorldSpec, RandomKey, ITabularAgent> make, int seeds)
    {
        int found = 0;
        var policy = new int[6];
        for (int seed = 0; seed < seeds; seed++)
        {
            var key = RandomKey.FromSeed(seed);
            var world = new FiniteWorld(SmallWorlds.RiverSwim(), key.Split("world"));
            var agent = make(world.Spec, key.Split("agent"));
            agent.Live(world, 1, 5000);
            agent.GreedyPolicy(policy);
            found += policy.All(a => a == 1) ? 1 : 0;
        }

        return found;
    }
}
