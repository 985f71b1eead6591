using CsCheck;
using Reverie.Planning.Finite;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Planning.Finite;

/// <summary>What the change of one sweep guarantees.</summary>
public class BoundsTests
{
    [Fact]
    public void By_hand()
    {
        // One state that pays 1 for ever, γ = ½: V* = 2. From V = 0, TV = 1, and every row goes on alike: the bounds meet at once.
        var builder = new FiniteMdpBuilder(1, 1);
        builder.Add(0, 0, 0, 1.0, 1.0);
        var meet = Certify(builder.Build(null, 0.5), [0.0]);
        Assert.Equal(2.0, meet.Lower[0], 1e-11);
        Assert.Equal(2.0, meet.Upper[0], 1e-11);

        // Where the task may end instead (half of the time: V* = 4/3), half of it goes on: again they meet, at 1 + ¼/(1 − ¼).
        builder = new FiniteMdpBuilder(1, 1);
        builder.Add(0, 0, 0, 0.5, 1.0);
        builder.Add(0, 0, 0, 0.5, 1.0, terminated: true);
        meet = Certify(builder.Build(null, 0.5), [0.0]);
        Assert.Equal(4.0 / 3.0, meet.Values[0], 1e-11);

        // With a second action that ends it and pays 1 − 2⁻⁴, rows go on differently: 1 ≤ V* ≤ 2.
        builder = new FiniteMdpBuilder(1, 2);
        builder.Add(0, 0, 0, 1.0, 1.0);
        builder.Add(0, 1, 0, 1.0, 0.9375, terminated: true);
        var apart = Certify(builder.Build(null, 0.5), [0.0]);
        Assert.Equal(1.0, apart.Lower[0], 1e-11);
        Assert.Equal(2.0, apart.Upper[0], 1e-11);
    }

    [Fact]
    public void Costs_by_hand()
    {
        // Two steps of cost 1 to the end, or stay: V* = (−2, −1). From V = (−1, −1), TV = (−2, −1): falls by 1 = c, so nothing from below; V itself from above.
        var builder = new FiniteMdpBuilder(2, 2);
        builder.Add(0, 0, 0, 1.0, -1.0);
        builder.Add(0, 1, 1, 1.0, -1.0);
        builder.Add(1, 0, 1, 1.0, -1.0);
        builder.Add(1, 1, 1, 1.0, -1.0, terminated: true);
        var mdp = builder.Build(null, 1.0);
        var far = Certify(mdp, [-1.0, -1.0]);
        Assert.Equal([double.NegativeInfinity, double.NegativeInfinity], far.Lower);
        Assert.Equal(-1.0, far.Upper[0], 1e-12);

        // From (−1.75, −1), TV falls by ¼: V/(1 − ¼) from below.
        var near = Certify(mdp, [-1.75, -1.0]);
        Assert.Equal([-1.75 / 0.75, -1.0 / 0.75], near.Lower, (x, y) => Math.Abs(x - y) < 1e-12);

        // From (−2.5, −1), TV rises by ½: V/(1 + ½) from above.
        Assert.Equal(-2.5 / 1.5, Certify(mdp, [-2.5, -1.0]).Upper[0], 1e-12);
    }

    [Fact]
    public void Bounds_contain_the_exact_values_from_anywhere() =>
        Gen.Select(Gen.ULong[0, 1_000_000], Gen.Int[1, 10], Gen.Double[0.2, 0.9], Gen.Int[0, 2], Gen.Double[-20.0, 20.0].Array[10]).Sample(
            (seed, states, discount, endings, guess) =>
            {
                var mdp = Processes.Random(seed, states, 3, discount, 0.15 * endings);
                var exact = Processes.Exact(mdp, (int)Math.Ceiling(-35.0 / Math.Log(discount)));
                SolverTests.AssertWithin(Certify(mdp, guess.AsSpan(0, states)), exact);
            },
            iter: 200);

    [Fact]
    public void Bounds_of_value_iteration_only_ever_close_in()
    {
        foreach (double ending in (double[])[0.0, 0.2])
        {
            var mdp = Processes.Random(7, 12, 3, 0.9, ending);
            var (lower, upper) = (double.NegativeInfinity, double.PositiveInfinity);
            for (int sweeps = 1; sweeps <= 40; sweeps++)
            {
                var solution = new ValueIteration(new() { MaxSweeps = sweeps, Precision = 1e-15 }).Solve(mdp, null, TestContext.Current.CancellationToken);
                Assert.Equal((sweeps, StopReason.Limit), ((int)solution.Sweeps, solution.StopReason));
                Assert.True(solution.Lower[0] >= lower - 1e-12 && solution.Upper[0] <= upper + 1e-12);
                (lower, upper) = (solution.Lower[0], solution.Upper[0]);
            }

            Assert.InRange(upper - lower, 0.0, 0.1);
        }
    }

    [Fact]
    public void Leaving_out_actions_changes_no_value() =>
        Gen.Select(Gen.ULong[0, 1_000_000], Gen.Int[0, 1]).Sample(
            (seed, endings) =>
            {
                var mdp = Processes.Random(seed, 10, 4, 0.9, 0.1 * endings);
                var with = new ValueIteration(new() { Precision = 1e-8 }).Solve(mdp, null, TestContext.Current.CancellationToken);
                var without = new ValueIteration(new() { Precision = 1e-8, Eliminate = false }).Solve(mdp, null, TestContext.Current.CancellationToken);
                Assert.Equal(without.Policy, with.Policy);
                Assert.Equal(without.Values, with.Values, (x, y) => Math.Abs(x - y) <= 2e-8);
            },
            iter: 50);

    [Fact]
    public void A_backup_contracts()
    {
        // Through the certificate's own sweep: |TU − TV| ≤ γ |U − V| shows in the widths of its bounds, which are at most (|TV − V|)·2/(1 − γ).
        var mdp = Processes.Random(3, 10, 3, 0.8, 0.0);
        double[] values = new double[10];
        double width = double.PositiveInfinity;
        for (int n = 0; n < 30; n++)
        {
            var solution = Certify(mdp, values);
            double now = solution.Upper[0] - solution.Lower[0];
            Assert.True(now <= (0.8 * width) + 1e-12);
            (width, values) = (now, Processes.Backup(mdp, values));
        }
    }

    [Fact]
    public void Values_must_be_finite_and_as_many_as_there_are_states()
    {
        var mdp = Processes.RiverSwim();
        Assert.Throws<ArgumentException>(() => Certify(mdp, [0, 0, 0, 0, 0]));
        Assert.Throws<ArgumentException>(() => Certify(mdp, [0, 0, 0, 0, 0, double.NaN]));
        Assert.Throws<ArgumentException>(() => Certify(mdp, [0, 0, 0, 0, 0, double.PositiveInfinity]));
    }

    private static FiniteSolution Certify(FiniteMdp mdp, ReadOnlySpan<double> values) =>
        FiniteCertificate.Certify(mdp, values, StopReason.Limit, null, TestContext.Current.CancellationToken);
}
