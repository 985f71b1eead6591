using System.Text;
using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;
using Reverie.Worlds.Finite.Formats;

namespace Reverie.Tests.Worlds.Finite;

public class FiniteFileTests
{
    private const string Json = """
        {"name": "small", "states": 3, "actions": 2, "gamma": 0.9, "other": {"a": [1, {"b": null}]},
        "columns": ["state", "action", "next", "probability", "reward", "terminated"],
        "transitions": [
        [0, 1, 1, 0.5, -1.5, 0],
        [0, 0, 0, 1, 0, false],
        [0, 1, 2, 0.5, 2, 1],
        [1, 0, 2, 1.0, 1e2, true], [1, 1, 0, 1.0, 0, 0]],
        "start": [1, 0, 0], "stateNames": ["a", "b", "c"], "maxSteps": 77}
        """;

    private const string Map = """
        ; A small lake.
        discount: 0.9
        slip: 0.2
        stepReward: -0.1
        goalReward: 10
        holeReward: -5
        1: 0.5
        maxSteps: 50

        S.G#
        .1.H
        """;

    public static TheoryData<string, string> Texts => new() { { "small.json", Json }, { "small.map", Map }, { "small.mdp", Mdp } };

    private const string Mdp = """
        # Two rooms.
        discount: 0.95  values: reward
        states: a b  actions: stay go
        start include: a b
        T: stay identity
        T: go : a : b 0.8  T: go : a : a : 0.2
        T: go : b uniform
        R: go : * : b : * 1.5
        """;

    private static FiniteProblem Read(string name, string text) => FiniteFile.Read(name, new MemoryStream(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Json_is_read_whatever_the_order_of_its_rows()
    {
        var (spec, mdp) = Read("file.json", Json);
        Assert.Equal(("small", 3, 2, 0.9, 77, -1.5, 100.0), (spec.Name, mdp.States, mdp.Actions, mdp.Discount, spec.MaxSteps, spec.MinReward, spec.MaxReward));
        Assert.Equal([0, 1, 3, 4, 5, 5, 5], mdp.RowStart);
        Assert.Equal([0, 1, 2, 2, 0], mdp.Successors);
        Assert.Equal([0.0, -1.5, 2.0, 100.0, 0.0], mdp.OutcomeRewards);
        Assert.Equal([1, 2, 3, 5, 5, 5], mdp.RowLive);
        Assert.Equal(["a", "b", "c"], mdp.StateNames);
        Assert.Null(mdp.ActionNames);
    }

    [Fact]
    public void Gymnasiums_files_are_read()
    {
        var (spec, mdp) = FiniteFile.Read(Path.Combine(AppContext.BaseDirectory, "data", "gymnasium", "taxi.json"));
        Assert.Equal(("taxi", 10_000), (spec.Name, spec.MaxSteps));
        Same.Process(Taxi.Create(new()).Mdp, mdp);
    }

    [Fact]
    public void What_is_written_reads_back_to_the_bit()
    {
        string path = Path.Combine(Path.GetTempPath(), $"reverie-{Environment.ProcessId}-finite.json");
        try
        {
            var random = new RandomStream(RandomKey.FromSeed(2));
            var builder = new FiniteMdpBuilder(7, 3) { StateNames = ["a", "b \"quoted\"", "c\\", "d\n", "é", "ü😀", "\0"], ActionNames = ["x", "y", "z"] };
            for (int row = 0; row < 18; row++)
            {
                double p = random.NextDouble();
                builder.Add(row / 3, row % 3, random.NextInt32(3), p, random.NextNormal() * 1e-300, terminated: true);
                builder.Add(row / 3, row % 3, 3 + random.NextInt32(4), 1.0 - p, row == 0 ? -0.0 : random.NextNormal());
            }

            double third = 1.0 / 3.0;
            var mdp = builder.Build([third, third, third, 0, 0, 0, 0], 0.1 + 0.2);
            var spec = new WorldSpec("odd \"name\"", [new("state")], ActionSpace.Discrete(3), 123, 0.0) { States = 7 };
            FiniteFile.Write(path, new FiniteProblem(spec, mdp));
            var (readSpec, read) = FiniteFile.Read(path);
            Same.Process(mdp, read);
            Assert.Equal(mdp.StateNames, read.StateNames);
            Assert.Equal(mdp.ActionNames, read.ActionNames);
            Assert.Equal((spec.Name, 123), (readSpec.Name, readSpec.MaxSteps));

            foreach (var entry in WorldCatalog.Entries.Where(e => e.IsFinite && e.Name != "random-mdp"))
            {
                var problem = entry.CreateProblem(entry.DefaultOptions);
                FiniteFile.Write(path, problem);
                var again = FiniteFile.Read(path);
                Same.Process(problem.Mdp, again.Mdp);
                Assert.Equal((problem.Spec.Name, problem.Spec.MaxSteps), (again.Spec.Name, again.Spec.MaxSteps));
            }

            Assert.Throws<ArgumentException>(() => FiniteFile.Write("world.mdp", new FiniteProblem(spec, mdp)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_map_is_read()
    {
        var problem = Read("lake.map", Map);
        var (spec, mdp) = problem;
        Assert.Equal(("lake", 7, 4, 0.9, 50, -5.0, 10.0), (spec.Name, spec.States, mdp.Actions, mdp.Discount, spec.MaxSteps, spec.MinReward, spec.MaxReward));
        Assert.Equal([0, 1, 2, 4, 5, 6, 7], problem.Layout!.Cells);
        Assert.Equal((2, 4), (problem.Layout.Rows, problem.Layout.Columns));
        Assert.Equal([1.0, 0, 0, 0, 0, 0, 0], mdp.Start);
        Assert.Equal((true, true, false), (mdp.IsTerminal(2), mdp.IsTerminal(6), mdp.IsTerminal(5)));

        // From (1,2), state 5: right falls into the hole with 0.8; the sides are up, the goal, and down, the edge.
        int row = mdp.Row(5, 2);
        Assert.Equal([5, 6, 2], mdp.Successors[mdp.RowStart[row]..mdp.RowStart[row + 1]].ToArray());
        Assert.Equal([0.1, 0.8, 0.1], mdp.Probabilities[mdp.RowStart[row]..mdp.RowStart[row + 1]].ToArray());
        Assert.Equal([-0.1, -5.0, 10.0], mdp.OutcomeRewards[mdp.RowStart[row]..mdp.RowStart[row + 1]].ToArray());

        // From the start down: (1,0) with 0.8, right to (0,1) and left against the edge with 0.1 each.
        row = mdp.Row(0, 1);
        Assert.Equal((0.8, 0.1, 0.1), (P(3), P(1), P(0)));
        Assert.Equal(0.5, mdp.OutcomeRewards[mdp.RowStart[mdp.Row(3, 2)]]);

        double P(int next) => Enumerable.Range(mdp.RowStart[row], 3).Where(i => mdp.Successors[i] == next).Sum(i => mdp.Probabilities[i]);
    }

    [Fact]
    public void The_textbooks_grid_as_a_map_has_the_textbooks_utilities()
    {
        var mdp = Read("grid.map", "discount: 1\nslip: 0.2\nstepReward: -0.04\nholeReward: -1\n\n...G\n.#.H\nS...\n").Mdp;

        // Russell and Norvig, figure 17.3, who pay for the state that is left, not for the one that is come to: U(s) = V(s) − 0.04.
        double[] utilities = [0.812, 0.868, 0.918, 0.0, 0.762, 0.660, 0.0, 0.705, 0.655, 0.611, 0.388];
        double[] values = NaiveSolver.Values(mdp);
        Assert.All(Enumerable.Range(0, 11), s => Assert.Equal(utilities[s], mdp.IsTerminal(s) ? 0.0 : values[s] - 0.04, 0.0006));
    }

    [Fact]
    public void A_map_without_a_start_starts_in_any_free_cell() => Assert.Equal([0.0, 0.5, 0.5], Read("m.txt", "G.3").Mdp.Start);

    [Theory]
    [InlineData("small.map", "S.G\n..", 2, "the row has 2 cells; the first one has 3")]
    [InlineData("small.map", "S.G\n.x.", 2, "'x' in column 2")]
    [InlineData("small.map", "slip: 2\nS.G", 1, "slip must be a number from 0 to 1")]
    [InlineData("small.map", "slipp: 0.2\nS.G", 1, "'slipp' is no setting")]
    [InlineData("small.map", "slip: 0.2\nslip: 0.2\nS.G", 2, "given twice")]
    [InlineData("small.map", "goalReward: NaN\nS.G", 1, "goalReward must be a number")]
    [InlineData("small.map", "#G", null, "no free cell")]
    [InlineData("small.map", "", null, "no free cell")]
    [InlineData("small.json", "", 1, "JSON")]
    [InlineData("small.json", "[]", 1, "an object is expected")]
    [InlineData("small.json", "{\"states\": 2,\n\"actions\": 2, \"transitions\": [[0, 0, 2,", 2, "a next state must be a whole number from 0 to 1; found 2")]
    [InlineData("small.json", "{\"states\": 2, \"actions\": 2, \"gamma\": 1,\n\"transitions\": [[0, 0, 0, 0.5, 0, 0],\n[0, 1, 0, 1, 0, 0]]}", 2, "State 0, action 0: the probabilities sum to 0.5")]
    [InlineData("small.json", "{\"states\": 2, \"actions\": 2, \"gamma\": 1,\n\"transitions\": [[0, 0, 0, 1e999, 0, 0]]}", 2, "a probability must be a number")]
    [InlineData("small.json", "{\"states\": 1e12}", 1, "the number of states must be a whole number")]
    [InlineData("small.json", "{\"states\": 4000000, \"actions\": 4000000, \"transitions\": []}", 1, "pairs")]
    [InlineData("small.json", "{\"transitions\": []}", 1, "states and actions must be given before")]
    [InlineData("small.json", "{\"states\": 2, \"states\": 2}", 1, "given twice")]
    [InlineData("small.json", "{\"states\": 2, \"actions\": 2, \"transitions\": [[0, 0, 0, 1, 0]]}", 1, "terminated must be 0 or 1")]
    [InlineData("small.json", "{\"states\": 2, \"actions\": 2, \"transitions\": [[0, 0, 0, 1, 0, 0]], \"gamma\": 1, \"start\": [1]}", null, "start has 1 entries; 2 are needed")]
    [InlineData("small.json", "{\"states\": 2, \"actions\": 2, \"transitions\": [[0, 0, 0, 1, 0, 0]]}", null, "it has no gamma")]
    [InlineData("small.json", "{}\n{}", 2, "JSON")]
    [InlineData("small.json", "{\"name\": \"\\ud800\"}", 1, "Unicode")]
    [InlineData("small.csv", "", null, "the ending of its name")]
    public void What_is_wrong_is_said_with_its_line(string name, string text, int? line, string problem)
    {
        var thrown = Assert.Throws<FiniteFileException>(() => Read(name, text));
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
        Assert.Equal((line, name), (thrown.Line, thrown.File));
        Assert.DoesNotContain('\n', thrown.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "no such file.mdp");
        Assert.Equal($"{path}: there is no such file.", Assert.Throws<FiniteFileException>(() => FiniteFile.Read(path)).Message);
        Assert.Throws<FiniteFileException>(() => FiniteFile.Read(Path.Combine(AppContext.BaseDirectory, "no such folder", "a.mdp")));
        Assert.Throws<FiniteFileException>(() => FiniteFile.Read(AppContext.BaseDirectory));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_file_cut_anywhere_is_read_or_refused(string name, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int refused = Enumerable.Range(0, bytes.Length).Count(length => !Survives(name, bytes[..length]));
        Assert.InRange(refused, 20, bytes.Length);
        Assert.True(Survives(name, bytes));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_damaged_file_is_read_or_refused(string name, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var random = new RandomStream(RandomKey.FromSeed(6));
        int refused = 0;
        for (int trial = 0; trial < 3000; trial++)
        {
            byte[] damaged = [.. bytes];
            for (int flips = 1 + random.NextInt32(3); flips > 0; flips--)
            {
                damaged[random.NextInt32(damaged.Length)] = trial % 2 == 0 ? (byte)random.NextInt32(256) : bytes[random.NextInt32(bytes.Length)];
            }

            refused += Survives(name, damaged) ? 0 : 1;
        }

        Assert.InRange(refused, 100, 2999);
    }

    [Theory]
    [InlineData("a.mdp", "", "a")]
    [InlineData("a.mdp", "discount: 0.5 states: ", "a ")]
    [InlineData("a.mdp", "discount: 0.5 states: 2 actions: 2 start: ", "0.0 ")]
    [InlineData("a.mdp", "discount: 0.5 states: 2 actions: 2 T: * identity R: 0 ", "0.0 ")]
    [InlineData("a.mdp", "", "\0")]
    [InlineData("a.json", "", "a")]
    [InlineData("a.json", "{\"name\": \"", "a")]
    [InlineData("a.json", "{\"states\": ", "1")]
    [InlineData("a.json", "{\"x\": ", "[")]
    [InlineData("a.map", "", ".")]
    [InlineData("a.map", "", "..\n")]
    public void An_endless_file_is_refused_in_little_memory(string name, string head, string again)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<FiniteFileException>(() => FiniteFile.Read(name, new Endless(head, again)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 150_000_000);
    }

    /// <summary>Whether a file is read; whatever else happens fails the test.</summary>
    private static bool Survives(string name, byte[] bytes)
    {
        try
        {
            var (spec, mdp) = FiniteFile.Read(name, new MemoryStream(bytes));
            Assert.Equal(spec.States, mdp.States);
            return true;
        }
        catch (FiniteFileException)
        {
            return false;
        }
    }

    /// <summary>A text, and then another again and again.</summary>
    private sealed class Endless(string head, string again) : MemoryStream
    {
        private long position;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            for (int i = 0; i < buffer.Length; i++, position++)
            {
                buffer[i] = (byte)(position < head.Length ? head[(int)position] : again[(int)((position - head.Length) % again.Length)]);
            }

            return buffer.Length;
        }
    }
}
