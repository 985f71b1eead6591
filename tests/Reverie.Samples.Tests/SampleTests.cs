using Reverie.Neural.Agents;
using Reverie.Neural.Models;
using Reverie.Planning;
using Reverie.Planning.Finite;

namespace Reverie.Samples.Tests;

/// <summary>Every sample does what it says, at small settings.</summary>
public sealed class SampleTests
{
    /// <summary>40 steps of at most 1: a pole that hangs or spins earns next to nothing.</summary>
    [Fact]
    public void The_planner_swings_the_pole_up() => Assert.InRange(PlanOnKnownWorld.Run(), 15.0, 40.0);

    /// <summary>On a clock that stands still no deadline passes, so that the result does not depend on the machine. Hanging, the tip is at −2.</summary>
    [Fact]
    public void The_links_swing_up_and_stay() => Assert.InRange(SwingUpInTime.Run(new StoppedClock()).TipHeight, 1.9, 2.0);

    [Fact]
    public void The_planner_heats_the_room() => Assert.InRange(OwnWorld.Heat(), HeatedRoom.Target - 0.5, HeatedRoom.Target + 0.5);

    [Fact]
    public void The_room_s_derivatives_are_those_of_its_equations()
    {
        const double Dt = HeatedRoom.Minutes;
        double[] a =
        [
            1 - (Dt / HeatedRoom.RoomToWalls), Dt / HeatedRoom.RoomToWalls,
            Dt / HeatedRoom.WallsToRoom, 1 - (Dt / HeatedRoom.WallsToRoom) - (Dt / HeatedRoom.WallsToOutside),
        ];
        var found = OwnWorld.Differentiate();
        Assert.Equal(a, found.StateJacobian, (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal([Dt * HeatedRoom.Heater, 0.0], found.ActionJacobian, (x, y) => Math.Abs(x - y) < 1e-12);

        // x' = 20 + 5 (−5/30 + ¼); r = −(x' − 21)² − 0.1 u, so that ∂r/∂u = −2 (x' − 21) ∂x'/∂u − 0.1.
        double next = 20.0 + (Dt * ((-5.0 / HeatedRoom.RoomToWalls) + (0.5 * HeatedRoom.Heater)));
        Assert.Equal((-2 * (next - HeatedRoom.Target) * Dt * HeatedRoom.Heater) - 0.1, found.RewardAction[0], 1e-12);
    }

    /// <summary>A random policy keeps the pole up for some 20 steps.</summary>
    [Fact]
    public void The_agent_learns_to_balance()
    {
        var model = new DynamicsOptions { Members = 3, Elites = 3, HiddenLayers = 2, HiddenSize = 32, MaxSteps = 400, Particles = 3 };
        var planner = new ImprovedCrossEntropyOptions { Horizon = 20, Population = 64 };
        double[] returns = LearningLoop.Run(episodes: 6, new PetsOptions { Model = model, Icem = planner });
        Assert.Equal(6, returns.Length);
        Assert.InRange(returns[^3..].Max(), 80.0, 200.0);
    }

    [Fact]
    public void The_log_trains_a_model()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("reverie-samples-").FullName, "pendulum.parquet");
        try
        {
            TrainFromLog.WriteLog(path, steps: 1000);
            var options = new DynamicsOptions { Members = 2, Elites = 2, HiddenLayers = 2, HiddenSize = 32, MaxSteps = 1000 };
            Assert.InRange(TrainFromLog.Train(path, options).ValidationLoss, 0.0, 0.1);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    /// <summary>Whoever acts at random has −1200 an episode; the agent that learns from real steps alone still has about as little after 1600 of them.</summary>
    [Fact]
    public void The_agent_learns_in_imagination()
    {
        double[] returns = LearnInImagination.Run(steps: 1600, Imagination with { Penalty = 0.0 });
        Assert.Equal(8, returns.Length);
        Assert.InRange(returns[^2..].Average(), -700.0, 0.0);
    }

    /// <summary>As above; the log is of a random policy.</summary>
    [Fact]
    public void The_log_trains_a_policy()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("reverie-samples-").FullName, "pendulum.parquet");
        try
        {
            TrainFromLog.WriteLog(path, steps: 2000);
            Assert.InRange(LearnFromLog.Run(path, improvements: 1500, Imagination), -700.0, 0.0);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    private static ModelBasedOptions Imagination => new()
    {
        Model = new DynamicsOptions { Members = 3, Elites = 3, HiddenLayers = 2, HiddenSize = 48, MaxSteps = 1000, Stochastic = false },
        Sac = new SoftActorCriticOptions { BatchSize = 64 },
        Horizon = 5,
        RealShare = 0.3,
        UpdatesPerStep = 16,
        Rollouts = 200,
        RetrainEvery = 100,
        Penalty = 0.2,
    };

    /// <summary>
    /// To replace from condition k on, and to run before, is worth V(k) = γ V(0) − price and V(s) = (earnings + γ w V(s+1)) / (1 − γ (1 − w)) for s below k: V(0)
    /// is a linear function of itself. The best k is that of the solver.
    /// </summary>
    [Fact]
    public void The_machine_is_replaced_when_it_pays()
    {
        const double Gamma = SolveOwnProcess.Discount, Wear = SolveOwnProcess.Wear;
        double Worth(int k)
        {
            var (constant, slope) = (-SolveOwnProcess.Price, Gamma);
            for (int s = k - 1; s >= 0; s--)
            {
                double stay = 1 - (Gamma * (1 - Wear));
                (constant, slope) = ((SolveOwnProcess.Earnings(s) + (Gamma * Wear * constant)) / stay, Gamma * Wear * slope / stay);
            }

            return constant / (1 - slope);
        }

        int best = Enumerable.Range(1, SolveOwnProcess.Conditions - 1).MaxBy(Worth);
        var solution = SolveOwnProcess.Solve(precision: 1e-9);
        Assert.InRange(best, 2, SolveOwnProcess.Conditions - 2);
        Assert.Equal(best, Array.IndexOf(solution.Policy, 1));
        Assert.InRange(Worth(best), solution.Lower[0] - 1e-12, solution.Upper[0] + 1e-12);
        Assert.All(Enumerable.Range(0, SolveOwnProcess.Conditions), s => Assert.InRange(solution.Upper[s] - solution.Lower[s], 0.0, 2e-9));
    }

    [Fact]
    public void The_agent_learns_its_way_through_the_map()
    {
        var mdp = LearnMap.World().Mdp;
        var agent = LearnMap.Run(episodes: 200);
        var policy = new int[mdp.States];
        agent.GreedyPolicy(policy);
        var values = new double[mdp.States];
        for (int sweep = 0; sweep < 1000; sweep++)
        {
            values = [.. policy.Select((a, s) => mdp.Lookahead(mdp.Row(s, a), values))];
        }

        var optimal = new ValueIteration(new ValueIterationOptions()).Solve(mdp, workers: null, CancellationToken.None);
        Assert.InRange(mdp.AtStart(values), 0.95 * mdp.AtStart(optimal.Lower), mdp.AtStart(optimal.Upper));
        Assert.Equal(mdp.States, LearnMap.Draw(agent).Count(c => "^v><.".Contains(c, StringComparison.Ordinal)));
    }

    /// <summary>Who always takes the small reward earns 1.6 a step, the best policy 3.7; over 500 steps the mean strays by some 0.5.</summary>
    [Fact]
    public void The_search_forgoes_the_small_reward() => Assert.InRange(SearchTree.Run(steps: 500), 2.7, 5.0);

    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
