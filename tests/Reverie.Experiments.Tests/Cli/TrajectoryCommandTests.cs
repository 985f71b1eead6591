using System.Text.Json;
using Reverie.Experiments.Tests.Runs;

namespace Reverie.Experiments.Tests.Cli;

/// <summary>Whole trajectories from the command line.</summary>
public sealed class TrajectoryCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("plan ilqr cartpole", "The model has 2 numbered actions; trajectories are optimised over continuous ones.")]
    [InlineData("plan lqr cartpole", "The model has 2 numbered actions; the regulator needs continuous ones.")]
    [InlineData("plan ilqr frozen-lake", "ilqr optimises trajectories by their derivatives; world 'frozen-lake' is finite and has none")]
    [InlineData("plan ddp linear --set horizn=3", "unknown option 'horizn' of linear and ddp; did you mean 'horizon'?")]
    [InlineData("plan ilqr linear --set horizon=0", "option 'horizon' of ilqr is 0; a whole trajectory has at least 1 step (left out, it is all of an episode: 100)")]
    [InlineData("plan ilqr linear --set maxSteps=20000", "Horizon is 20000; it must be at least 0 and at most 10000.")]
    [InlineData("plan ilqr car-parking --set costCurvature=gaussNewton", "The model states no residuals, which Gauss-Newton needs.")]
    [InlineData("plan ilqr linear --repeat 0", "--repeat is 0; it must be at least 1")]
    [InlineData("plan cem linear --repeat 2", "--repeat and --out are for whole trajectories: those of lqr, ilqr and ddp without --episodes")]
    [InlineData("plan ilqr linear --episodes 1 --out plan", "--repeat and --out are for whole trajectories: those of lqr, ilqr and ddp without --episodes")]
    public void A_wrong_request_is_one_line_and_2_and_leaves_nothing(string arguments, string message)
    {
        Assert.Equal((2, "", "error: " + message), CommandProcess.Run(folder.Path, arguments.Split(' ')));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Ilqr_gives_one_document_with_the_cost_of_the_trajectory()
    {
        var plan = Document(0, "plan", "ilqr", "pendulum-altro", "--repeat", "3", "--json");
        Assert.Equal(
            ["planner", "world", "seed", "solved", "cost", "iterations", "stopReason", "milliseconds", "microsecondsPerIteration", "finalState", "initialCost", "gradient", "violation", "horizon", "discount", "solves", "costs"],
            plan.EnumerateObject().Select(p => p.Name));
        Assert.Equal((true, 50, 3), (plan.GetProperty("solved").GetBoolean(), plan.GetProperty("horizon").GetInt32(), plan.GetProperty("solves").GetInt32()));
        double[] costs = [.. plan.GetProperty("costs").EnumerateArray().Select(c => c.GetDouble())];
        Assert.Equal(plan.GetProperty("iterations").GetInt32() + 1, costs.Length);
        Assert.Equal((costs[0], costs[^1]), (plan.GetProperty("initialCost").GetDouble(), plan.GetProperty("cost").GetDouble()));
        Assert.InRange(plan.GetProperty("finalState")[0].GetDouble(), 3.0, 3.3);
        Assert.Equal(1e3 * plan.GetProperty("milliseconds").GetDouble() / (costs.Length - 1), plan.GetProperty("microsecondsPerIteration").GetDouble(), 1e-6 * plan.GetProperty("microsecondsPerIteration").GetDouble());
    }

    [Fact]
    public void Options_of_world_and_planner_both_reach_the_solver()
    {
        double free = Document(0, "plan", "ilqr", "cartpole-altro", "--json").GetProperty("cost").GetDouble();
        var limited = Document(0, "plan", "ddp", "cartpole-altro", "--set", "controlLimit=3", "--set", "initialControl=0.01", "--set", "maxIterations=500", "--json");
        Assert.True(limited.GetProperty("cost").GetDouble() > free + 0.01);
        var shorter = Document(0, "plan", "ilqr", "linear", "--set", "horizon=7", "--json");
        Assert.Equal(7, shorter.GetProperty("horizon").GetInt32());
    }

    /// <summary>Where limits do not bind the regulator is exact, and the iteration comes to the same cost; where they do it says so.</summary>
    [Fact]
    public void Lqr_is_exact_on_a_linear_world_alone()
    {
        var exact = Document(0, "plan", "lqr", "linear", "--seed", "3", "--json");
        var iterated = Document(0, "plan", "ilqr", "linear", "--seed", "3", "--json");
        Assert.Equal(("exact", 1, true), (exact.GetProperty("stopReason").GetString(), exact.GetProperty("iterations").GetInt32(), exact.GetProperty("solved").GetBoolean()));
        Assert.Equal(exact.GetProperty("cost").GetDouble(), iterated.GetProperty("cost").GetDouble(), 1e-8);
        var expanded = Document(0, "plan", "lqr", "pendulum-altro", "--json");
        Assert.Equal(("expandedPolicy", false), (expanded.GetProperty("stopReason").GetString(), expanded.GetProperty("solved").GetBoolean()));
    }

    [Fact]
    public void With_episodes_the_world_is_controlled()
    {
        var (code, output, _) = CommandProcess.Run(folder.Path, "plan", "lqr", "linear", "--seed", "1", "--episodes", "10");
        Assert.Equal(0, code);
        Assert.StartsWith("lqr on linear, seed 1: mean return ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollout_that_diverges_is_no_solution()
    {
        string[] arguments = ["plan", "ilqr", "linear", "--set", "a=3,0,0,3", "--set", "maxSteps=900", "--out", "plan"];
        var (code, output, error) = CommandProcess.Run(folder.Path, [.. arguments, "--json"]);
        Assert.Equal((1, "error: not solved: the rollout leaves the finite numbers: there is no trajectory"), (code, error));
        var plan = JsonDocument.Parse(output).RootElement;
        Assert.Equal((false, "diverged"), (plan.GetProperty("solved").GetBoolean(), plan.GetProperty("stopReason").GetString()));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (plan.GetProperty("cost").ValueKind, plan.GetProperty("finalState").ValueKind));
        Assert.Equal(["plan.json"], Directory.GetFiles(folder.In("plan")).Select(Path.GetFileName));
        Assert.Equal(0, CommandProcess.Run(folder.Path, "report", "plan").Code);
        Assert.Contains("plan has no trajectory to draw", File.ReadAllText(folder.In("plan/report/report.html")), StringComparison.Ordinal);
    }

    /// <summary>A cost without a minimum, a regulator without a solution, constraints that cannot be kept: one line, and 1.</summary>
    [Theory]
    [InlineData("plan lqr linear --set r=-1", null, "is not positive definite at step 99 of 100")]
    [InlineData("plan ilqr linear --set r=-1 --set maxAction=1e9", "unbounded", "the cost is indefinite in the actions: it has no minimum")]
    [InlineData("plan ddp linear --set r=-1 --set maxAction=1e9", "unbounded", "the cost is indefinite in the actions: it has no minimum")]
    [InlineData("plan ilqr quadrotor-gap --set radius=100", "infeasible", "constraints are still violated")]
    [InlineData("plan ilqr quadrotor-gap --set radius=100 --set maxIterations=20", "iterations", "a constraint is broken by ")]
    public void What_has_no_solution_says_so(string arguments, string? reason, string message)
    {
        var (code, output, error) = CommandProcess.Run(folder.Path, [.. arguments.Split(' '), "--json"]);
        Assert.Equal(1, code);

        // On a busy machine lines of progress go before.
        string[] errors = [.. error.Split('\n').Where(line => !line.StartsWith("iteration ", StringComparison.Ordinal))];
        Assert.StartsWith("error: not solved: ", Assert.Single(errors), StringComparison.Ordinal);
        Assert.Contains(message, errors[0], StringComparison.Ordinal);
        if (reason is not null)
        {
            var plan = JsonDocument.Parse(output).RootElement;
            Assert.Equal((reason, false), (plan.GetProperty("stopReason").GetString(), plan.GetProperty("solved").GetBoolean()));
        }
    }

    /// <summary>Limits make an indefinite cost's solution, and the answer says so.</summary>
    [Theory]
    [InlineData("ilqr")]
    [InlineData("ddp")]
    public void An_indefinite_cost_is_solved_at_limits_alone(string planner)
    {
        var plan = Document(0, "plan", planner, "linear", "--set", "r=-1", "--set", "startDeviation=0", "--set", "maxSteps=30", "--json");
        Assert.True(plan.GetProperty("solved").GetBoolean());
        Assert.InRange(plan.GetProperty("heldSteps").GetInt32(), 1, 30);
        var (_, output, _) = CommandProcess.Run(folder.Path, "plan", planner, "linear", "--set", "r=-1", "--set", "startDeviation=0", "--set", "maxSteps=30");
        Assert.Contains("the cost is indefinite in the actions: limits alone hold them", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interruption_gives_the_best_so_far()
    {
        using var command = new CommandProcess(
            folder.Path, "plan", "ilqr", "reacher", "--set", "maxIterations=1000000", "--set", "costTolerance=0", "--set", "gradientTolerance=0", "--json");
        command.WaitForLines("iteration ", 1);
        command.Interrupt();
        var (code, output, error) = command.Finish();
        Assert.True(code == 130, error);
        var plan = JsonDocument.Parse(output).RootElement;
        Assert.Equal(("cancelled", false), (plan.GetProperty("stopReason").GetString(), plan.GetProperty("solved").GetBoolean()));
        Assert.True(plan.GetProperty("cost").GetDouble() < plan.GetProperty("initialCost").GetDouble());
    }

    [Fact]
    public void A_plan_is_kept_drawn_and_compared()
    {
        foreach (string planner in (string[])["ilqr", "ddp"])
        {
            Assert.Equal(0, CommandProcess.Run(folder.Path, "plan", planner, "car-parking", "--set", "maxSteps=60", "--out", planner).Code);
        }

        Assert.Equal(["costs.csv", "plan.json", "trajectory.csv"], Directory.GetFiles(folder.In("ilqr")).Select(Path.GetFileName).Order());
        Assert.Equal(
            (2, "", $"error: {folder.In("ilqr")} already holds a plan: choose another directory with --out"), CommandProcess.Run(folder.Path, "plan", "ilqr", "car-parking", "--out", "ilqr"));
        Assert.Equal(0, CommandProcess.Run(folder.Path, "report", "ilqr").Code);
        Assert.Equal(0, CommandProcess.Run(folder.Path, "report", "ilqr", "ddp").Code);
        string[] expected = ["plan-cost.png", "plan-cost.svg", "plan-path.png", "plan-path.svg", "plan-trajectory.png", "plan-trajectory.svg", "report.html"];
        Assert.Equal(expected, Directory.GetFiles(folder.In("ilqr/report")).Select(Path.GetFileName).Order());
        Assert.Equal(expected, Directory.GetFiles(folder.In("report")).Select(Path.GetFileName).Order());
        Assert.Equal((2, "", "error: . is no plan directory: report either plans or runs"), CommandProcess.Run(folder.Path, "report", "ilqr", "."));

        File.WriteAllText(folder.In("ddp/trajectory.csv"), "step\n");
        Assert.Equal((1, "", "error: ddp/trajectory.csv is damaged: it has 1 lines; 62 are expected"), CommandProcess.Run(folder.Path, "report", "ddp"));

        string[] lines = File.ReadAllLines(folder.In("ilqr/trajectory.csv"));
        lines[3] = string.Join(',', lines[3].Split(',').Select((cell, i) => i == 2 ? "NaN" : cell));
        File.WriteAllLines(folder.In("ilqr/trajectory.csv"), lines);
        Assert.Equal((1, "", "error: ilqr/trajectory.csv is damaged: it holds NaN; its numbers must be finite"), CommandProcess.Run(folder.Path, "report", "ilqr"));
    }

    private JsonElement Document(int expected, params string[] arguments)
    {
        var (code, output, error) = CommandProcess.Run(folder.Path, arguments);
        Assert.True(code == expected, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
