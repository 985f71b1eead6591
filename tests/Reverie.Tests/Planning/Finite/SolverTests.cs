using CsCheck;
using Reverie.Numerics;
using Reverie.Planning.Finite;
using Reverie.Worlds.Finite;
using Reverie.Worlds.Finite.Formats;

namespace Reverie.Tests.Planning.Finite;

/// <summary>What holds for every solver of processes that go on for ever.</summary>
public class SolverTests
{
    private const double Rounding = 1e-10;

    public static TheoryData<string> Names => [.. FiniteSolverCatalog.Entries.Select(e => e.Name).Where(n => n != "backward-induction")];

    public static MatrixTheoryData<string, string> NamesAndTables =>
        new(FiniteSolverCatalog.Entries.Select(e => e.Name).Where(n => n != "backward-induction"), ["frozen-lake-4x4", "frozen-lake-8x8", "cliff-walking", "taxi"]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_states_by_hand(string name)
    {
        // State 0: wait for 1, or go to state 1 for nothing, which pays 3 a step. γ = ½: V(1) = 6, V(0) = max(1 + V(0)/2, 3) = 3.
        var builder = new FiniteMdpBuilder(2, 2);
        builder.Add(0, 0, 0, 1.0, 1.0);
        builder.Add(0, 1, 1, 1.0, 0.0);
        builder.Add(1, 0, 1, 1.0, 3.0);
        builder.Add(1, 1, 0, 1.0, 0.0);
        var solution = Processes.Solve(name, builder.Build(null, 0.5), 1e-12);
        Assert.Equal([3.0, 6.0], solution.Values, (x, y) => Math.Abs(x - y) <= 1e-11);
        Assert.Equal([1, 0], solution.Policy);
        Assert.Equal(name == "policy-iteration" ? StopReason.Optimal : StopReason.Bounds, solution.StopReason);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_actions_are_taken_by_number_and_terminal_states_are_worth_nothing(string name)
    {
        // Outcomes that end the task pay but nothing follows; state 2 is terminal, and going to it is like ending.
        var builder = new FiniteMdpBuilder(3, 3);
        for (int s = 0; s < 2; s++)
        {
            builder.Add(s, 0, 1, 1.0, -1.0, terminated: true);
            builder.Add(s, 1, 0, 1.0, 2.0, terminated: true);
            builder.Add(s, 2, 2, 1.0, 2.0);
        }

        var solution = Processes.Solve(name, builder.Build([0.5, 0.5, 0.0], 0.9));
        Assert.Equal([2.0, 2.0, 0.0], solution.Values, (x, y) => Math.Abs(x - y) <= 1e-9);
        Assert.Equal([1, 1, 0], solution.Policy);
        Assert.Equal((0.0, 0.0), (solution.Lower[2], solution.Upper[2]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void River_swim(string name)
    {
        var solution = Processes.Solve(name, Processes.RiverSwim());
        double[] published = [6137.93, 7214.76, 8839.45, 10931.80, 13547.10, 16795.56];
        Assert.Equal(published, solution.Values, (x, y) => Math.Abs(x - y) <= 0.005);
        Assert.Equal([1, 1, 1, 1, 1, 1], solution.Policy);
    }

    [Theory]
    [MemberData(nameof(NamesAndTables))]
    public void Values_of_gymnasiums_tables(string name, string world)
    {
        var (mdp, optimal) = Processes.Gymnasium(world);
        var solution = Processes.Solve(name, mdp, 1e-10);
        Assert.Equal(optimal, solution.Values, (x, y) => Math.Abs(x - y) <= 1e-9);
        AssertWithin(solution, optimal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bounds_hold_and_are_as_close_as_asked_on_random_processes(string name) =>
        Gen.Select(Gen.ULong[0, 1_000_000], Gen.Int[1, 12], Gen.Int[1, 4], Gen.Double[0.3, 0.95], Gen.Int[0, 2], Gen.Int[1, 4]).Sample(
            (seed, states, actions, discount, endings, digits) =>
            {
                var (ending, precision) = (0.15 * endings, Math.Pow(10, -2 * digits));
                var mdp = Processes.Random(seed, states, actions, discount, ending);
                var exact = Processes.Exact(mdp, (int)Math.Ceiling(-35.0 / Math.Log(discount)));
                var solution = Processes.Solve(name, mdp, precision);
                AssertWithin(solution, exact);
                for (int s = 0; s < states; s++)
                {
                    Assert.True(Math.Abs(solution.Values[s] - exact[s]) <= precision + Rounding);
                    Assert.True(solution.Upper[s] - solution.Lower[s] <= 2 * precision);
                }
            },
            iter: 40);

    [Theory]
    [MemberData(nameof(Names))]
    public void Undiscounted_problems_in_which_every_policy_ends(string name) =>
        Gen.Select(Gen.ULong[0, 1_000_000], Gen.Int[2, 7]).Sample(
            (seed, states) =>
            {
                // One step forward at least with every action: the end comes with certainty, but outcomes also lead back.
                var random = new RandomStream(RandomKey.FromSeed((long)seed));
                var builder = new FiniteMdpBuilder(states + 1, 2);
                for (int s = 0; s < states; s++)
                {
                    for (int a = 0; a < 2; a++)
                    {
                        builder.Add(s, a, s + 1, 0.6, random.NextDouble(-1, 1));
                        builder.Add(s, a, random.NextInt32(states), 0.4, random.NextDouble(-1, 1));
                    }
                }

                double[] start = new double[states + 1];
                start[0] = 1;
                var mdp = builder.Build(start, 1.0);
                var exact = Processes.Exact(mdp, 3000);
                var solution = Processes.Solve(name, mdp, 1e-7);
                AssertWithin(solution, exact);
                Assert.Equal(exact, solution.Values, (x, y) => Math.Abs(x - y) <= 1.1e-7);
            },
            iter: 30);

    [Theory]
    [MemberData(nameof(Names))]
    public void Undiscounted_costs_to_the_end_where_a_policy_may_never_end(string name)
    {
        // 1/(1 − slip) = 1.25 steps a cell.
        var solution = Processes.Solve(name, Processes.Corridor(12, 0.2, 1.0, -1.0, -1.0));
        double[] exact = [.. Enumerable.Range(0, 12).Select(s => -1.25 * (12 - s))];
        Assert.Equal(exact, solution.Values, (x, y) => Math.Abs(x - y) <= 1e-9);
        Assert.All(solution.Policy, a => Assert.Equal(1, a));
        AssertWithin(solution, exact);
        Assert.All(Enumerable.Range(0, 12), s => Assert.True(solution.Upper[s] - solution.Lower[s] <= 2e-9));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Undiscounted_costs_below_the_precision_are_solved_all_the_same(string name)
    {
        // Four steps to the end, of 1e-7 each, or stay for as much.
        var builder = new FiniteMdpBuilder(5, 2);
        for (int s = 0; s < 4; s++)
        {
            builder.Add(s, 0, s + 1, 1.0, -1e-7);
            builder.Add(s, 1, s, 1.0, -1e-7);
        }

        var solution = Processes.Solve(name, builder.Build([1.0, 0.0, 0.0, 0.0, 0.0], 1.0), 1e-6);
        Assert.NotEqual(StopReason.Change, solution.StopReason);
        Assert.InRange(-4e-7, solution.Lower[0], solution.Upper[0]);
        Assert.InRange(solution.Upper[0] - solution.Lower[0], 0.0, 2e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Undiscounted_costs_to_an_end_that_pays(string name)
    {
        // As before, but the last step brings 3 instead of −1.
        var mdp = Processes.Corridor(12, 0.2, 1.0, -1.0, 3.0);
        var solution = Processes.Solve(name, mdp, 1e-7);
        double[] exact = [.. Enumerable.Range(0, 12).Select(s => 4.0 - (1.25 * (12 - s)))];
        Assert.Equal(exact, solution.Values, (x, y) => Math.Abs(x - y) <= 1.1e-7);
        Assert.All(solution.Policy, a => Assert.Equal(1, a));
        AssertWithin(solution, exact);
        Assert.All(Enumerable.Range(0, 12), s => Assert.True(solution.Upper[s] - solution.Lower[s] <= 2e-7));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Undiscounted_wandering_that_costs_with_ends_that_pay_or_cost(string name) =>
        Gen.Select(Gen.ULong[0, 1_000_000], Gen.Int[1, 8]).Sample(
            (seed, states) =>
            {
                // One action wanders at a cost, for ever if it is never left; the other ends the task now and then, for better or worse.
                var random = new RandomStream(RandomKey.FromSeed((long)seed));
                var builder = new FiniteMdpBuilder(states, 2);
                for (int s = 0; s < states; s++)
                {
                    builder.Add(s, 0, random.NextInt32(states), 0.5, random.NextDouble(-0.5, -0.05));
                    builder.Add(s, 0, random.NextInt32(states), 0.5, random.NextDouble(-0.5, -0.05));
                    builder.Add(s, 1, s, 0.4, random.NextDouble(-5, 10), terminated: true);
                    builder.Add(s, 1, random.NextInt32(states), 0.6, random.NextDouble(-1, 0));
                }

                var mdp = builder.Build(null, 1.0);
                var exact = Processes.Exact(mdp, 3000);
                var solution = Processes.Solve(name, mdp, 1e-7);
                AssertWithin(solution, exact);
                Assert.Equal(exact, solution.Values, (x, y) => Math.Abs(x - y) <= 1.1e-7);
            },
            iter: 40);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_textbooks_grid_is_solved_with_guaranteed_bounds(string name)
    {
        // Russell and Norvig, figure 17.3: undiscounted, −0.04 a step, and ends that pay 1 and −1.
        var mdp = FiniteFile.Read(Path.Combine(AppContext.BaseDirectory, "data", "finite", "grid_world_infinite_horizon.mdp")).Mdp;
        var solution = Processes.Solve(name, mdp, 1e-7);
        double[] utilities = [0.705, 0.762, 0.812, 0.655, 0.868, 0.611, 0.660, 0.918, 0.388, -1.0, 1.0, 0.0];
        Assert.Equal(utilities, solution.Values, (x, y) => Math.Abs(x - y) <= 0.0006);
        AssertWithin(solution, Processes.Exact(mdp, 2000));
        Assert.All(Enumerable.Range(0, 12), s => Assert.InRange(solution.Upper[s] - solution.Lower[s], 0.0, 2e-7));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Undiscounted_a_state_from_which_nothing_is_to_be_had_is_an_end(string name)
    {
        // A step to it costs 1 and fails half of the time; there, one action stays and the other ends the task or stays.
        var builder = new FiniteMdpBuilder(2, 2);
        builder.Add(0, 0, 0, 1.0, -1.0);
        builder.Add(0, 1, 0, 0.5, -1.0);
        builder.Add(0, 1, 1, 0.5, -1.0);
        builder.Add(1, 0, 1, 1.0, 0.0);
        builder.Add(1, 1, 1, 0.5, 0.0);
        builder.Add(1, 1, 1, 0.5, 0.0, terminated: true);
        var mdp = builder.Build(null, 1.0);
        Assert.Equal((false, true, false), (mdp.IsAbsorbing(0), mdp.IsAbsorbing(1), mdp.IsTerminal(1)));
        var solution = Processes.Solve(name, mdp);
        Assert.Equal([-2.0, 0.0], solution.Values, (x, y) => Math.Abs(x - y) <= 1e-9);
        Assert.InRange(solution.Upper[0] - solution.Lower[0], 0.0, 2e-9);
        Assert.Equal((0.0, 0.0, 1, 0), (solution.Lower[1], solution.Upper[1], solution.Policy[0], solution.Policy[1]));
    }

    [Fact]
    public void Where_nothing_can_be_guaranteed_the_bounds_say_so()
    {
        // Walking is free: V* = 1 everywhere, whenever the end is reached.
        var mdp = Processes.Corridor(5, 0.2, 1.0, 0.0, 1.0);
        foreach (string name in (string[])["value-iteration", "gauss-seidel", "prioritized-sweeping"])
        {
            var solution = Processes.Solve(name, mdp, 1e-8);
            Assert.Equal(StopReason.Change, solution.StopReason);
            Assert.All(solution.Values, v => Assert.Equal(1.0, v, 1e-6));
            Assert.All(solution.Lower, v => Assert.Equal(double.NegativeInfinity, v));
            Assert.All(solution.Upper, v => Assert.Equal(double.PositiveInfinity, v));
        }

        foreach (string name in (string[])["policy-iteration", "modified-policy-iteration"])
        {
            Assert.Contains("value-iteration", Assert.Throws<ArgumentException>(() => Processes.Solve(name, mdp)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Infinite_values_are_refused(string name)
    {
        // State 1 cannot leave: at a cost, or with a reward.
        foreach (double reward in (double[])[-1.0, 1.0])
        {
            var builder = new FiniteMdpBuilder(2, 2) { StateNames = ["door", "cellar"] };
            builder.Add(0, 0, 0, 1.0, -1.0, terminated: true);
            builder.Add(0, 1, 1, 1.0, -1.0);
            builder.Add(1, 0, 1, 1.0, reward);
            builder.Add(1, 1, 1, 1.0, -1.0);
            var refused = Assert.Throws<ArgumentException>(() => Processes.Solve(name, builder.Build(null, 1.0)));
            Assert.Contains("1 ('cellar')", refused.Message, StringComparison.Ordinal);
            Assert.Contains(reward > 0 ? "infinite" : "−∞", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_number_of_threads_changes_nothing(string name)
    {
        var mdp = Processes.Reference(5000);
        var alone = Processes.Solve(name, mdp, 1e-5);
        foreach (int threads in (int[])[1, 3])
        {
            using var workers = new Workers(threads);
            var shared = Processes.Solve(name, mdp, 1e-5, workers);
            Assert.Equal(alone.Values, shared.Values);
            Assert.Equal(alone.Lower, shared.Lower);
            Assert.Equal(alone.Policy, shared.Policy);
            Assert.Equal((alone.Sweeps, alone.Backups), (shared.Sweeps, shared.Backups));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Work_can_be_ended(string name)
    {
        Assert.True(FiniteSolverCatalog.TryFind(name, out var entry));
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => entry.Create(entry.DefaultOptions).Solve(Processes.RiverSwim(), null, source.Token));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_precision_that_is_none_is_refused(string name)
    {
        Assert.True(FiniteSolverCatalog.TryFind(name, out var entry));
        Assert.Throws<ArgumentOutOfRangeException>(() => entry.Create(entry.DefaultOptions with { Precision = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => entry.Create(entry.DefaultOptions with { Precision = 0.0 }));
    }

    internal static void AssertWithin(FiniteSolution solution, double[] exact)
    {
        for (int s = 0; s < exact.Length; s++)
        {
            double slack = Rounding * (1.0 + Math.Abs(exact[s]));
            Assert.True(solution.Lower[s] <= exact[s] + slack && exact[s] - slack <= solution.Upper[s], $"state {s}: {exact[s]:R} is not in [{solution.Lower[s]:R}, {solution.Upper[s]:R}]");
        }
    }
}
