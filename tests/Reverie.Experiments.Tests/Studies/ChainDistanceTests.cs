using CsCheck;
using Reverie.Experiments.Studies;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments.Tests.Studies;

public class ChainDistanceTests
{
    private static Gen<double[]> Distribution(int states) =>
        Gen.Double[0.0, 1.0].Array[states].Where(w => w.Sum() > 1e-3).Select(w => w.Select(x => x / w.Sum()).ToArray());

    private static Gen<(double[] Start, double[][] Truth, double[][] Learned)> Chains =>
        from states in Gen.Int[1, 6]
        from start in Distribution(states)
        from truth in Distribution(states).Array[states]
        from other in Distribution(states).Array[states]
        from near in Gen.Double[0.0, 1.0]
        select (start, truth, truth.Zip(other, (p, q) => p.Zip(q, (x, y) => x + (near * near * (y - x))).ToArray()).ToArray());

    [Fact]
    public void Total_variation_is_half_the_sum_of_differences()
    {
        Assert.Equal(1.0, ChainDistance.TotalVariation([1.0, 0.0], [0.0, 1.0]));
        Assert.Equal(0.25, ChainDistance.TotalVariation([0.5, 0.25, 0.25], [0.25, 0.5, 0.25]));
        Assert.Equal(0.0, ChainDistance.TotalVariation([0.3, 0.7], [0.3, 0.7]));
    }

    [Fact]
    public void A_chain_that_leaks_drifts_as_computed_by_hand()
    {
        // The true chain stays in state 0; the learned one leaves it with probability δ = 0.1 and never returns: ‖pₖ − p̂ₖ‖ = 1 − 0.9ᵏ.
        var distance = ChainDistance.Between([1.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], [[0.9, 0.1], [0.0, 1.0]], 12);

        Assert.Equal(0.1, distance.Worst, 12);
        for (int k = 0; k <= 12; k++)
        {
            Assert.Equal(1.0 - Math.Pow(0.9, k), distance.Measured[k], 12);
            Assert.Equal(0.1 * k, distance.Visited[k], 12);
            Assert.Equal(Math.Min(1.0, 0.1 * k), distance.Bound[k], 12);
        }
    }

    [Fact]
    public void States_that_the_true_chain_never_comes_to_do_not_count()
    {
        // State 1 is wrong altogether, and only the learned chain, which errs by 0.25 in state 0, comes to it.
        var distance = ChainDistance.Between([1.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], [[0.75, 0.25], [1.0, 0.0]], 5);

        Assert.Equal(0.25, distance.Worst, 12);
        Assert.Equal(0.25, distance.Measured[1], 12);
        Assert.Equal(0.1875, distance.Measured[2], 12);
    }

    [Fact]
    public void The_measured_distance_keeps_within_its_bounds() => Chains.Sample(
        chains =>
        {
            var distance = ChainDistance.Between(chains.Start, chains.Truth, chains.Learned, 20);
            for (int k = 0; k <= 20; k++)
            {
                Assert.True(distance.Measured[k] <= distance.Visited[k] + 1e-12, $"step {k}: {distance.Measured[k]} above {distance.Visited[k]}");
                Assert.True(distance.Visited[k] <= (k * distance.Worst) + 1e-12, $"step {k}: {distance.Visited[k]} above {k} times {distance.Worst}");
                Assert.True(distance.Measured[k] <= distance.Bound[k] + 1e-12, $"step {k}: {distance.Measured[k]} above {distance.Bound[k]}");
            }

            // One step from certainty the bound is met: nothing smaller would do.
            double[] certain = [1.0, .. new double[chains.Start.Length - 1]];
            var sharp = ChainDistance.Between(certain, chains.Truth, chains.Learned, 1);
            Assert.Equal(sharp.Worst, sharp.Measured[1], 12);
        },
        seed: "0000000000001",
        iter: 300);

    [Fact]
    public void A_policys_chain_gathers_what_ends_the_task_in_a_state_of_its_own()
    {
        var builder = new FiniteMdpBuilder(states: 3, actions: 2);
        builder.Add(0, 0, 1, 1.0, 0.0);
        builder.Add(0, 1, 0, 0.25, 0.0);
        builder.Add(0, 1, 2, 0.5, 0.0);
        builder.Add(0, 1, 1, 0.25, 1.0, terminated: true);
        builder.Add(1, 0, 0, 1.0, 0.0);
        builder.Add(1, 1, 1, 1.0, 0.0);
        var mdp = builder.Build([1.0, 0.0, 0.0], 0.9);

        double[][] chain = ChainDistance.Chain(mdp, [1, 0, 0]);

        Assert.Equal([0.25, 0.0, 0.5, 0.25], chain[0]);
        Assert.Equal([1.0, 0.0, 0.0, 0.0], chain[1]);
        Assert.Equal([0.0, 0.0, 0.0, 1.0], chain[2]);
        Assert.Equal([0.0, 0.0, 0.0, 1.0], chain[3]);
    }

    [Fact]
    public void Counting_more_brings_the_counted_model_closer_and_no_bound_is_broken()
    {
        var byAmount = FiniteErrorTrial.Run("random-mdp", ["states=20", "successors=3"], [100, 20_000], 30, seed: 5, CancellationToken.None);

        Assert.All(byAmount, d => Assert.All(d.Measured.Zip(d.Bound), pair => Assert.True(pair.First <= pair.Second + 1e-12)));
        Assert.True(byAmount[1].Worst < 0.3 * byAmount[0].Worst, $"ε fell from {byAmount[0].Worst} to {byAmount[1].Worst} only");
        Assert.True(byAmount[1].Measured[^1] < 0.3 * byAmount[0].Measured[^1]);
    }
}
