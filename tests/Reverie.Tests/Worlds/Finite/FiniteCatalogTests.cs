using System.Text.Json;
using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Worlds.Finite;

public class FiniteCatalogTests
{
    public static TheoryData<string> Names => [.. WorldCatalog.Entries.Where(e => e.IsFinite).Select(e => e.Name)];

    private static FiniteProblem Problem(string name)
    {
        Assert.True(WorldCatalog.TryFind(name, out var entry));
        return entry.CreateProblem(entry.DefaultOptions);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_world_is_described_as_it_is(string name)
    {
        var (spec, mdp) = Problem(name);
        Assert.Equal((name, mdp.States, mdp.Actions, mdp.Discount), (spec.Name, spec.States, spec.Actions.Choices, spec.Discount));
        Assert.Equal(1, spec.ObservationSize);
        double[] rewards = mdp.OutcomeRewards.IsEmpty ? mdp.Rewards.ToArray() : mdp.OutcomeRewards.ToArray();
        Assert.All(rewards, reward => Assert.InRange(reward, spec.MinReward, spec.MaxReward));
        if (name != "random-mdp")
        {
            Assert.Equal(rewards.Max(), spec.MaxReward);
        }

        Assert.True(WorldCatalog.TryFind(name, out var entry));
        Assert.Contains("Discount", entry.OptionsType.GetProperties().Select(p => p.Name));
        Assert.Contains("MaxSteps", entry.OptionsType.GetProperties().Select(p => p.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Options_reach_the_world(string name)
    {
        Assert.True(WorldCatalog.TryFind(name, out var entry));
        object options = Activator.CreateInstance(entry.OptionsType)!;
        entry.OptionsType.GetProperty("Discount")!.SetValue(options, 0.5);
        entry.OptionsType.GetProperty("MaxSteps")!.SetValue(options, 3);
        var (spec, mdp) = entry.CreateProblem(options);
        Assert.Equal((0.5, 0.5, 3), (spec.Discount, mdp.Discount, spec.MaxSteps));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layout_places_every_state_and_moves_lead_to_the_next_cell(string name)
    {
        var problem = Problem(name);
        if (problem.Layout is not { } layout)
        {
            Assert.Contains(name, (string[])["river-swim", "chain", "six-arms", "random-mdp"]);
            return;
        }

        Assert.Equal((problem.Mdp.States, problem.Mdp.Actions), (layout.Cells.Count, layout.Moves.Count));
        Assert.All(layout.Cells, cell => Assert.InRange(cell, 0, (layout.Rows * layout.Columns) - 1));

        // A move that is not a bump, a slip or a fall from the cliff leads along its direction.
        var mdp = problem.Mdp;
        bool[] moved = new bool[mdp.Actions];
        for (int row = 0; row < mdp.States * mdp.Actions; row++)
        {
            var (down, right) = layout.Moves[row % mdp.Actions];
            int from = layout.Cells[row / mdp.Actions];
            for (int i = mdp.RowStart[row]; i < mdp.RowStart[row + 1]; i++)
            {
                int to = layout.Cells[mdp.Successors[i]];
                var step = ((to / layout.Columns) - (from / layout.Columns), (to % layout.Columns) - (from % layout.Columns));
                moved[row % mdp.Actions] |= step == (down, right);
                Assert.True(mdp.RowStart[row + 1] - mdp.RowStart[row] > 1 || step == (0, 0) || step == (down, right) || mdp.Rewards[row] == -100.0);
            }
        }

        Assert.DoesNotContain(false, moved);
    }

    [Theory]
    [InlineData("frozen-lake", "frozen-lake-4x4", 100)]
    [InlineData("frozen-lake-8x8", "frozen-lake-8x8", 200)]
    [InlineData("cliff-walking", "cliff-walking", 10_000)]
    [InlineData("taxi", "taxi", 200)]
    public void Gymnasiums_worlds_are_Gymnasiums(string name, string file, int maxSteps)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "gymnasium", file + ".json")));
        var root = document.RootElement;
        var builder = new FiniteMdpBuilder(root.GetProperty("states").GetInt32(), root.GetProperty("actions").GetInt32());
        foreach (var row in root.GetProperty("transitions").EnumerateArray())
        {
            builder.Add(row[0].GetInt32(), row[1].GetInt32(), row[2].GetInt32(), row[3].GetDouble(), row[4].GetDouble(), row[5].GetInt32() == 1);
        }

        var expected = builder.Build(Numbers("start"), root.GetProperty("gamma").GetDouble());
        var problem = Problem(name);
        Same.Process(expected, problem.Mdp);
        Assert.Equal(maxSteps, problem.Spec.MaxSteps);
        Assert.All(NaiveSolver.Values(problem.Mdp).Zip(Numbers("optimalValueAtGamma")), pair => Assert.Equal(pair.Second, pair.First, 1e-9));

        double[] Numbers(string key) => [.. root.GetProperty(key).EnumerateArray().Select(e => e.GetDouble())];
    }

    [Fact]
    public void Dry_ice_does_not_slip()
    {
        var mdp = FrozenLake.Create(new FrozenLakeOptions { Slippery = false }).Mdp;
        Assert.All(mdp.Probabilities.ToArray(), p => Assert.Equal(1.0, p));

        // Six moves to the goal, the last of which pays 1.
        Assert.Equal(Math.Pow(0.99, 5), NaiveSolver.Values(mdp)[0], 1e-12);
    }

    [Fact]
    public void River_swim_has_the_published_values()
    {
        var mdp = RiverSwim.Create(new()).Mdp;
        Assert.All(NaiveSolver.Values(mdp).Zip([6137.93, 7214.76, 8839.45, 10931.80, 13547.10, 16795.56]), pair => Assert.Equal(pair.Second, pair.First, 0.005));
        Assert.Equal(668.807, NaiveSolver.Gain(mdp), 0.0005);
        Assert.Equal([0, 0.5, 0.5, 0, 0, 0], mdp.Start);
        Assert.Equal(new FiniteOutcome(0, 5.0, false), mdp.Draw(mdp.Row(0, 0), 0.5));

        // In the last state only the outcome that stays pays.
        Assert.Equal([0.0, 10_000.0], mdp.OutcomeRewards[mdp.RowStart[mdp.Row(5, 1)]..].ToArray());
    }

    [Fact]
    public void Chain_has_the_published_values()
    {
        var mdp = Chain.Create(new()).Mdp;
        Assert.Equal(3.6768, NaiveSolver.Gain(mdp), 0.00005);
        Assert.Equal(61.3795, NaiveSolver.Values(mdp)[0], 0.00005);

        // Without slips 10 a step is reached after four steps.
        Assert.Equal(Math.Pow(0.95, 4) * 10.0 / 0.05, NaiveSolver.Values(Chain.Create(new() { Slip = 0.0 }).Mdp)[0], 1e-9);
    }

    [Fact]
    public void Six_arms_has_the_published_values()
    {
        var mdp = SixArms.Create(new()).Mdp;
        Assert.Equal(6000.0, NaiveSolver.Gain(mdp), 0.0005);
        double[] values = NaiveSolver.Values(mdp);
        Assert.Equal(19_159.66, values[0], 0.005);
        Assert.Equal(120_000.0, values[6], 1e-6);

        // The arm of room 2 opens in 3 of 20 tries; its own action pays there, any other leads back.
        Assert.Equal((2, 0), (mdp.Draw(mdp.Row(0, 1), 0.1499).Next, mdp.Draw(mdp.Row(0, 1), 0.1501).Next));
        Assert.Equal(new FiniteOutcome(2, 133.0, false), mdp.Draw(mdp.Row(2, 1), 0.5));
        Assert.Equal(new FiniteOutcome(0, 0.0, false), mdp.Draw(mdp.Row(2, 0), 0.5));
        Assert.Equal([50.0, 50, 50, 50, 0, 50], mdp.Rewards[mdp.Row(1, 0)..mdp.Row(2, 0)]);
    }

    [Fact]
    public void The_random_process_is_the_one_that_others_draw()
    {
        var mdp = RandomMdp.Create(new()).Mdp;
        Assert.Equal((10_000, 4, 400_000), (mdp.States, mdp.Actions, mdp.Outcomes));
        Assert.Equal([4944, 7597, 3405], mdp.Successors[..3]);
        Assert.Equal(0.03062784710584749, mdp.Probabilities[0]);
        Assert.Equal((0.14384729126439522, 0.45780268434292992), (mdp.Rewards[0], mdp.Rewards[^1]));
        Assert.Equal(1.0 / 10_000, mdp.Start[77]);

        var other = RandomMdp.Create(new() { States = 30, Actions = 2, Successors = 30, GeneratorSeed = 1 }).Mdp;
        Assert.Equal(Enumerable.Range(0, 30), other.Successors[..30].ToArray().Order());
        Assert.NotEqual(other.Rewards[0], RandomMdp.Create(new() { States = 30, Actions = 2, Successors = 30, GeneratorSeed = 2 }).Mdp.Rewards[0]);
        Assert.Contains("Successors", Assert.Throws<ArgumentException>(() => RandomMdp.Create(new() { States = 5 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RandomMdp.Create(new() { States = 10_000_000, Successors = 1000 }));
    }

    [Fact]
    public void A_corridor_takes_its_length_to_walk()
    {
        Assert.Equal(Math.Pow(0.9, 8), NaiveSolver.Values(Corridor.Create(new() { Length = 10, Slip = 0.0, Discount = 0.9 }).Mdp)[0], 1e-12);

        // Two cells: V = γ-discounted tries, V = (1 − slip) + slip γ V.
        Assert.Equal(0.75 / (1.0 - (0.25 * 0.9)), NaiveSolver.Values(Corridor.Create(new() { Length = 2, Slip = 0.25, Discount = 0.9 }).Mdp)[0], 1e-12);
        Assert.Equal(1000, Corridor.Create(new()).Mdp.States);
    }

    [Theory]
    [InlineData(1, 47)]
    [InlineData(2, 188)]
    [InlineData(3, 423)]
    public void The_dyna_maze_grows(int scale, int states)
    {
        // Down past the first wall, 2 rows; up again past the second and third, 4; and 8 columns.
        int steps = (2 + 4 + 8) * scale;
        var problem = Mazes.Create(new DynaMazeOptions { Scale = scale });
        Assert.Equal(states, problem.Mdp.States);
        Assert.Equal(Math.Pow(0.95, steps - 1), problem.Mdp.AtStart(NaiveSolver.Values(problem.Mdp)), 1e-12);
        Assert.Equal((6 * scale, 9 * scale), (problem.Layout!.Rows, problem.Layout.Columns));
        int start = problem.Mdp.DrawStart(0.5), goal = Enumerable.Range(0, states).Single(problem.Mdp.IsTerminal);
        Assert.Equal((2 * scale * 9 * scale, 8 * scale), (problem.Layout.Cells[start], problem.Layout.Cells[goal]));
    }

    [Fact]
    public void The_blocking_mazes_way_gets_longer_and_the_shortcut_mazes_shorter()
    {
        var blocking = Mazes.Create(new BlockingMazeOptions());
        Assert.Equal((10, 1000, 16), (Steps(blocking.Mdp), blocking.Changes.Single().Step, Steps(blocking.Changes[0].Mdp)));
        var shortcut = Mazes.Create(new ShortcutMazeOptions());
        Assert.Equal((16, 3000, 10), (Steps(shortcut.Mdp), shortcut.Changes.Single().Step, Steps(shortcut.Changes[0].Mdp)));
        Assert.Equal(7, Mazes.Create(new ShortcutMazeOptions { ChangeStep = 7 }).Changes[0].Step);

        static double Steps(FiniteMdp mdp) => Math.Round(1.0 + (Math.Log(mdp.AtStart(NaiveSolver.Values(mdp))) / Math.Log(0.95)), 9);
    }

    [Fact]
    public void Who_stands_where_a_wall_rises_walks_out()
    {
        // From the start (5,3) right to column 8 and up to (3,8), which is walled up after the seventh step.
        var world = new FiniteWorld(Mazes.Create(new BlockingMazeOptions { ChangeStep = 7 }), RandomKey.FromSeed(1));
        var (cells, observation) = (Mazes.Create(new BlockingMazeOptions()).Layout!.Cells, new double[1]);
        world.Reset(observation);
        foreach (double action in (double[])[2, 2, 2, 2, 2, 0, 0])
        {
            Assert.False(world.Step([action], observation).Done);
        }

        Assert.Equal((3 * 9) + 8, cells[(int)observation[0]]);
        world.Step([1.0], observation);
        Assert.Equal((4 * 9) + 8, cells[(int)observation[0]]);
        world.Step([0.0], observation);
        Assert.Equal((4 * 9) + 8, cells[(int)observation[0]]);
    }
}
