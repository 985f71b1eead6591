using Reverie.Numerics;
using Reverie.Planning.Finite;
using Reverie.Worlds.Finite;

namespace Reverie.Experiments.Tests.Solvers;

public class LinearProgramTests
{
    public static TheoryData<string> Names => [.. FiniteSolverCatalog.Entries.Select(e => e.Name).Where(n => n != "backward-induction")];

    [Fact]
    public void Two_states_by_hand()
    {
        // γ = ½: V(1) = 3/(1 − ½) = 6 by staying, V(0) = max(1 + V(0)/2, 0 + 6/2) = 3 by going there.
        var builder = new FiniteMdpBuilder(2, 2);
        builder.Add(0, 0, 0, 1.0, 1.0);
        builder.Add(0, 1, 1, 1.0, 0.0);
        builder.Add(1, 0, 1, 1.0, 3.0);
        builder.Add(1, 1, 0, 1.0, 0.0);
        var solution = LinearProgram.Entry.Create(LinearProgram.Entry.DefaultOptions).Solve(builder.Build(null, 0.5), null, CancellationToken.None);
        Assert.Equal(3.0, solution.Values[0], 1e-6);
        Assert.Equal(6.0, solution.Values[1], 1e-6);
        Assert.Equal([1, 0], solution.Policy);
        Assert.InRange(solution.Upper[0] - solution.Lower[0], 0.0, 2e-6);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Solvers_agree_with_it_on_random_processes(string name)
    {
        Assert.True(FiniteSolverCatalog.TryFind(name, out var entry));
        for (int seed = 0; seed < 12; seed++)
        {
            var mdp = Random(seed, states: 3 + (2 * seed));
            var exact = new LinearProgram(new()).Solve(mdp, null, CancellationToken.None);
            var solution = entry.Create(entry.DefaultOptions with { Precision = 1e-8 }).Solve(mdp, null, CancellationToken.None);
            for (int s = 0; s < mdp.States; s++)
            {
                Assert.Equal(exact.Values[s], solution.Values[s], 1e-6);
                Assert.True(exact.Lower[s] <= solution.Upper[s] && solution.Lower[s] <= exact.Upper[s]);
            }
        }
    }

    [Fact]
    public void A_state_from_which_nothing_is_to_be_had_is_worth_nothing()
    {
        var builder = new FiniteMdpBuilder(2, 1);
        builder.Add(0, 0, 1, 1.0, -1.0);
        builder.Add(1, 0, 1, 1.0, 0.0);
        var solution = new LinearProgram(new()).Solve(builder.Build(null, 1.0), null, CancellationToken.None);
        Assert.Equal([-1.0, 0.0], solution.Values);
        Assert.Equal(StopReason.Bounds, solution.StopReason);
    }

    [Fact]
    public void A_process_without_finite_values_is_refused()
    {
        var builder = new FiniteMdpBuilder(1, 1);
        builder.Add(0, 0, 0, 1.0, 1.0);
        Assert.Throws<ArgumentException>(() => new LinearProgram(new()).Solve(builder.Build(null, 1.0), null, CancellationToken.None));
    }

    private static FiniteMdp Random(int seed, int states)
    {
        var random = new RandomStream(RandomKey.FromSeed(seed));
        var builder = new FiniteMdpBuilder(states, 3);
        for (int s = 0; s < states - 1; s++)
        {
            for (int a = 0; a < 3; a++)
            {
                for (int i = 0; i < 3; i++)
                {
                    builder.Add(s, a, random.NextInt32(states), 1.0 / 3.0, random.NextDouble(-1, 1), random.NextDouble() < 0.1);
                }
            }
        }

        double[] start = new double[states];
        start[0] = 1.0;
        return builder.Build(start, 0.9);
    }
}
