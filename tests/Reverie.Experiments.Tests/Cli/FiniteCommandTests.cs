using System.Text.Json;
using Reverie.Experiments.Tests.Runs;

namespace Reverie.Experiments.Tests.Cli;

/// <summary>Finite worlds through the commands: solved, learned, read from files, studied.</summary>
public sealed class FiniteCommandTests : IDisposable
{
    private const string Two = """
        {
          "states": 2, "actions": 2, "gamma": 0.5,
          "transitions": [[0, 0, 0, 1.0, 0.0, 0], [0, 1, 1, 1.0, 1.0, 0], [1, 0, 1, 1.0, 2.0, 0], [1, 1, 0, 1.0, 0.0, 0]],
          "start": [1.0, 0.0]
        }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("backward-induction")]
    [InlineData("gauss-seidel")]
    [InlineData("linear-program")]
    [InlineData("modified-policy-iteration")]
    [InlineData("policy-iteration")]
    [InlineData("prioritized-sweeping")]
    [InlineData("value-iteration")]
    public void A_world_in_a_file_is_solved(string planner)
    {
        File.WriteAllText(folder.In("two.json"), Two);
        var (code, output, error) = CommandProcess.Run(folder.Path, "plan", planner, "two.json", "--precision", "1e-9", "--values", "values.json", "--json");
        Assert.Equal((0, ""), (code, error));
        var plan = JsonDocument.Parse(output).RootElement;
        Assert.Equal((planner, "two.json", 2), (plan.GetProperty("planner").GetString(), plan.GetProperty("world").GetString(), plan.GetProperty("states").GetInt32()));

        // V(1) = 2 / (1 − ½) = 4, V(0) = 1 + ½·4 = 3.
        Assert.Equal(3.0, plan.GetProperty("value").GetDouble(), 1e-6);
        Assert.InRange(3.0, plan.GetProperty("lower").GetDouble(), plan.GetProperty("upper").GetDouble());
        Assert.True(plan.GetProperty("sweeps").GetInt64() + plan.GetProperty("backups").GetInt64() > 0);
        Assert.True(plan.GetProperty("milliseconds").GetDouble() > 0);
        var values = JsonDocument.Parse(File.ReadAllText(folder.In("values.json"))).RootElement;
        Assert.Equal(4.0, values.GetProperty("values")[1].GetDouble(), 1e-6);
        Assert.Equal([1, 0], values.GetProperty("policy").EnumerateArray().Select(a => a.GetInt32()));
    }

    [Theory]
    [InlineData("--set planner.precision=0.05", 0.05)]
    [InlineData("--precision 0.05", 0.05)]
    [InlineData("--precision 1e-9", 1e-9)]
    public void The_error_is_what_was_asked_for(string arguments, double precision)
    {
        var (code, output, _) = CommandProcess.Run(folder.Path, ["plan", "value-iteration", "frozen-lake", .. arguments.Split(' '), "--json"]);
        Assert.Equal(0, code);
        Assert.InRange(JsonDocument.Parse(output).RootElement.GetProperty("error").GetDouble(), precision / 1000, precision);
    }

    [Theory]
    [InlineData("plan value-iteration cartpole", "value-iteration solves finite worlds; world 'cartpole' is continuous")]
    [InlineData("plan value-iteraton taxi", "unknown planner 'value-iteraton'; did you mean 'value-iteration'?")]
    [InlineData("plan value-iteration taxy", "unknown world 'taxy'; did you mean 'taxi'?")]
    [InlineData("plan value-iteration none.map", "none.map: there is no such file.")]
    [InlineData("learn r-max garden.map", "'garden.map' is no world's name; worlds in files are for plan alone")]
    [InlineData("plan value-iteration taxi --precision 0", "option 'precision' of value-iteration is 0; allowed: 1E-15 to 1000000000")]
    [InlineData("plan cem pendulum --precision 1", "--precision and --values are for solvers of finite worlds: backward-induction, gauss-seidel, linear-program, modified-policy-iteration, policy-iteration, prioritized-sweeping, value-iteration")]
    [InlineData("learn pets taxi", "pets learns continuous dynamics; world 'taxi' is finite.")]
    [InlineData("study mazes", "unknown study 'mazes'; there are dyna-maze, blocking-maze, shortcut-maze, exploration, guarantees, prioritized-sweeping, local-models, neural-derivatives, gradients, model-error, covariate-shift, calibration, exploitation, critics")]
    [InlineData("study dyna-maze --seeds 1", "--seeds is 1; it must be at least 2")]
    public void A_wrong_request_is_one_line_and_2(string arguments, string message)
    {
        var (code, output, error) = CommandProcess.Run(folder.Path, arguments.Split(' '));
        Assert.Equal((2, "", "error: " + message), (code, output, error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_malformed_file_is_one_line_with_its_place()
    {
        File.WriteAllText(folder.In("bad.mdp"), "discount: 0.9\nvalues: reward\nstates: 2\nactions: 2\nT: 0 : 0\n0.5 0.4\n");
        var (code, output, error) = CommandProcess.Run(folder.Path, "plan", "value-iteration", "bad.mdp");
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("error: bad.mdp", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        Assert.Contains("line ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Learning_tells_what_the_final_policy_is_worth_and_the_report_draws_it()
    {
        var (code, output, _) = CommandProcess.Run(folder.Path, "learn", "dyna-q", "dyna-maze", "--episodes", "40", "--seed", "2", "--evaluation-episodes", "1", "--out", "run", "--json");
        Assert.Equal(0, code);
        var learned = JsonDocument.Parse(output).RootElement;

        // The goal is 14 steps away and pays 1: γ¹³ = 0.95¹³.
        Assert.Equal(Math.Pow(0.95, 13), learned.GetProperty("optimalValue").GetDouble(), 1e-9);
        Assert.InRange(learned.GetProperty("valueOfFinalPolicy").GetDouble(), 0.4, 0.52);
        Assert.Equal(0, CommandProcess.Run(folder.Path, "report", "run").Code);
        Assert.True(File.Exists(folder.In("run/report/grid.png")));
        Assert.Contains("policy, values and visits", File.ReadAllText(folder.In("run/report/report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_planner_runs_on_a_finite_world()
    {
        foreach (string planner in (string[])["uct", "cem"])
        {
            var (code, output, _) = CommandProcess.Run(folder.Path, "plan", planner, "chain", "--episodes", "1", "--set", "maxSteps=50", "--json");
            Assert.Equal(0, code);

            // Going back at every step pays 2 with probability .8 and at most 0 else.
            Assert.True(JsonDocument.Parse(output).RootElement.GetProperty("meanReturn").GetDouble() > 90);
        }
    }

    [Fact]
    public void A_planner_of_episodes_runs_on_a_world_from_a_file()
    {
        File.WriteAllText(folder.In("two.json"), Two.Replace("\"gamma\"", "\"maxSteps\": 20, \"gamma\"", StringComparison.Ordinal));
        var (code, output, _) = CommandProcess.Run(folder.Path, "plan", "uct", "two.json", "--episodes", "2", "--json");
        Assert.Equal(0, code);
        var plan = JsonDocument.Parse(output).RootElement;

        // 1, and then 2 at each of the 19 steps that follow; discounted by a half, 3.
        Assert.Equal(39.0, plan.GetProperty("meanReturn").GetDouble(), 1e-9);
        Assert.InRange(plan.GetProperty("value").GetDouble(), 2.5, 3.01);
    }

    [Fact]
    public void A_study_writes_a_table_and_a_figure_and_does_not_depend_on_threads()
    {
        Study("one", "1");
        Study("two", "2");
        foreach (string file in (string[])["shortcut-maze.md", "shortcut-maze.png", "shortcut-maze.svg"])
        {
            Assert.Equal(File.ReadAllBytes(folder.In("one/" + file)), File.ReadAllBytes(folder.In("two/" + file)));
        }

        void Study(string output, string threads)
        {
            var (code, document, error) = CommandProcess.Run(folder.Path, "study", "shortcut-maze", "--seeds", "3", "--threads", threads, "--out", output, "--json");
            Assert.Equal(0, code);
            Assert.Contains("Dyna-Q+: 3 seeds", error, StringComparison.Ordinal);
            var study = JsonDocument.Parse(document).RootElement;
            Assert.Equal(3, study.GetProperty("seeds").GetInt32());
            var cell = study.GetProperty("tables")[0].GetProperty("rows")[0].GetProperty("cells")[0];
            Assert.InRange(cell.GetProperty("value").GetDouble(), 60, 180);
        }
    }
}
