using System.Text;
using Reverie.Worlds.Finite;
using Reverie.Worlds.Finite.Formats;

namespace Reverie.Tests.Worlds.Finite;

public class MdpFileTests
{
    private const string Head = "discount: 0.5\nvalues: reward\nstates: home field\nactions: stay go\n";
    private const string Rest = "T: stay identity\nT: go\n0 1\n1 0\n";

    private static FiniteProblem Read(string text, string name = "small.mdp") => FiniteFile.Read(name, new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static string Refused(string text) => Assert.Throws<FiniteFileException>(() => Read(text)).Message;

    /// <summary>p(s'|s,a) and r(s,a,s') as dense arrays.</summary>
    private static (double P, double R) At(FiniteMdp mdp, int s, int a, int next)
    {
        int row = mdp.Row(s, a);
        for (int i = mdp.RowStart[row]; i < mdp.RowStart[row + 1]; i++)
        {
            if (mdp.Successors[i] == next)
            {
                return (mdp.Probabilities[i], mdp.OutcomeRewards.IsEmpty ? mdp.Rewards[row] : mdp.OutcomeRewards[i]);
            }
        }

        return (0.0, 0.0);
    }

    [Fact]
    public void A_pump_is_read()
    {
        var (spec, mdp) = FiniteFile.Read(Path.Combine(AppContext.BaseDirectory, "data", "finite", "pump.MDP"));
        Assert.Equal(("pump", 3, 2, 0.5, 10_000), (spec.Name, spec.States, spec.Actions.Choices, spec.Discount, spec.MaxSteps));
        Assert.Equal((-1.0, 2.0), (spec.MinReward, spec.MaxReward));
        Assert.Equal([1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], mdp.Start);

        // Run while good, else repair: G = 2 + ½ (½ G + ½ W), W = B = −1 + ½ G.
        Assert.All(NaiveSolver.Values(mdp).Zip([2.8, 0.4, 0.4]), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
    }

    [Fact]
    public void The_grid_world_has_the_textbooks_utilities()
    {
        // Russell and Norvig, figure 17.3: s11 s12 s13 s21 s23 s31 s32 s33 s41, then the two ends and the goal, of which no transition is stated.
        var (spec, mdp) = FiniteFile.Read(Path.Combine(AppContext.BaseDirectory, "data", "finite", "grid_world_infinite_horizon.mdp"));
        double[] utilities = [0.705, 0.762, 0.812, 0.655, 0.868, 0.611, 0.660, 0.918, 0.388, -1.0, 1.0, 0.0];
        Assert.All(NaiveSolver.Values(mdp).Zip(utilities), pair => Assert.Equal(pair.Second, pair.First, 0.0006));
        Assert.Equal((1.0, true, 1.0), (mdp.Start[0], mdp.IsTerminal(11), spec.Discount));
        Assert.Equal(["N", "S", "E", "W"], mdp.ActionNames);
        Assert.Equal("goal", mdp.StateNames![11]);
    }

    [Theory]
    [InlineData("T: stay identity\nT: go\n0 1\n1 0")]
    [InlineData("T : * : * : home 1.0 T: stay : field : field : 1.0 T:stay:field:home 0 T:go:home:field 1 T:go:home:home 0 # a comment: T: go")]
    [InlineData("T: * uniform\nT: 0 identity\nT: 1 : 0\n0.0 1.0\nT: 1 : 1 +1 0e0")]
    [InlineData("T: * : * reset\nT: stay : field\n0 1 T: go : home : field 1 T: go : field : home 1")]
    [InlineData("T: stay : * 1 0 T: stay : 1 : 1 1 T: stay : 1 : 0 : 0 T: go\n0 1\n1 0")]
    public void Transitions_have_several_forms(string transitions)
    {
        var mdp = Read($"{Head}start: home\n{transitions}").Mdp;
        Assert.Equal((1.0, 1.0, 1.0, 1.0), (At(mdp, 0, 0, 0).P, At(mdp, 1, 0, 1).P, At(mdp, 0, 1, 1).P, At(mdp, 1, 1, 0).P));
        Assert.Equal(4, mdp.Outcomes);
        Assert.Equal([1.0, 0.0], mdp.Start);
    }

    [Fact]
    public void Uniform_rows_and_resets_share_what_they_lead_to()
    {
        var mdp = Read($"{Head}start: 0.25 0.75\nT: stay : home uniform\nT: stay : field reset\nT: go uniform").Mdp;
        Assert.Equal((0.5, 0.25, 0.75, 0.5), (At(mdp, 0, 0, 1).P, At(mdp, 1, 0, 0).P, At(mdp, 1, 0, 1).P, At(mdp, 1, 1, 0).P));
    }

    [Fact]
    public void Single_probabilities_replace_those_of_a_long_row()
    {
        var mdp = Read("discount: 0.5\nstates: 20\nactions: 2\nT: * uniform\nT: 0 : 0 : 3 0.07\nT: 0 : 0 : 3 0.1\nT: 0 : 0 : 4 0\n").Mdp;
        Assert.Equal((0.05, 0.1, 0.0, 0.05), (At(mdp, 0, 0, 2).P, At(mdp, 0, 0, 3).P, At(mdp, 0, 0, 4).P, At(mdp, 0, 0, 19).P));
        Assert.Equal((20 * 20 * 2) - 1, mdp.Outcomes);
    }

    [Theory]
    [InlineData("R: * : * : * 1 R: go : * : * 2 R: go : field : home 3")]
    [InlineData("R: go : field : home 9 R: * : * : * : * 1 R: go : * : * : * : 2.0 R: 1 : 1 : 0 : 3")]
    [InlineData("R: go : field : home 9 R: stay : field : * 9 R: * : * : * 1 R: go : * : * 2 R: * : field : home 3")]
    [InlineData("R: stay\n1 1\n1 1\nR: go : home\n2 2\nR: go : field 3 2")]
    [InlineData("R: * 1 1 1 1 R: go\n2 2\n3 2")]
    public void Rewards_have_several_forms_and_the_last_one_holds(string rewards)
    {
        var mdp = Read(Head + Rest + rewards).Mdp;
        Assert.Equal((1.0, 1.0, 2.0, 3.0), (At(mdp, 0, 0, 0).R, At(mdp, 1, 0, 1).R, At(mdp, 0, 1, 1).R, At(mdp, 1, 1, 0).R));
        var costs = Read((Head + Rest + rewards).Replace("reward", "cost", StringComparison.Ordinal));
        Assert.Equal((-3.0, -3.0, -1.0), (At(costs.Mdp, 1, 1, 0).R, costs.Spec.MinReward, costs.Spec.MaxReward));
    }

    [Theory]
    [InlineData("", 0.5, 0.5)]
    [InlineData("start: uniform\n", 0.5, 0.5)]
    [InlineData("start: 0.25 0.75\n", 0.25, 0.75)]
    [InlineData("start: field\n", 0.0, 1.0)]
    [InlineData("start: 1\n", 0.0, 1.0)]
    [InlineData("start include: home field\n", 0.5, 0.5)]
    [InlineData("start include: 0\n", 1.0, 0.0)]
    [InlineData("start exclude: home\n", 0.0, 1.0)]
    [InlineData("start: field\nstart: home\n", 1.0, 0.0)]
    public void Starts_have_several_forms(string start, double home, double field)
    {
        Assert.Equal([home, field], Read(Head + start + Rest).Mdp.Start);
        Assert.Equal([home, field], Read(Head + Rest + start).Mdp.Start);
    }

    [Fact]
    public void States_without_transitions_are_terminal_and_no_start()
    {
        const string Text = "discount: 1\nstates: 4\nactions: 2\nT: * : 0 : 3 1\nT: * : 1 : 3 1\nT: * : 2 : 3 1\n";
        var mdp = Read(Text + "start exclude: 0\nhorizon: 12").Mdp;
        Assert.True(mdp.IsTerminal(3));
        Assert.Equal([0.0, 0.5, 0.5, 0.0], mdp.Start);
        Assert.Equal(12, Read(Text + "horizon: 12").Spec.MaxSteps);
        Assert.Contains("terminal", Refused(Text + "start: 3"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("discount: 0.5\nstates: 2\nactions: 2\nT: 0 identity\nT: 1 : 0 : 0 0.5\nT: 1 : 1 : 1 1", 5, "State 0, action 1: the probabilities sum to 0.5")]
    [InlineData("discount: 0.5\nstates: 2\nactions: 2\nT: 0 identity", null, "State 0, action 1: the probabilities sum to 0")]
    [InlineData("discount: 0.5\nstates: 2\nactions: 2\nT: 0 : 2 : 0 1", 4, "'2' is no state; there are 2, counted from 0")]
    [InlineData("discount: 0.5\nstates: a b\nactions: 2\nT: 0 : c : a 1", 4, "'c' is no state")]
    [InlineData("discount: 0.5\nstates: a b a\nactions: 2", 2, "two states are named 'a'")]
    [InlineData("discount: 0.5\nstates: 2\nactions: 2\nT: 0\n0.5 0.5\n0.5", 6, "the file ends where a probability is expected")]
    [InlineData("discount: 0.5\nstates: 2\nactions: 2\nT: 0\n0.5 1.5\n0.5", 5, "1.5 is no probability")]
    [InlineData("discount: 0.5\nstates: 2\nactions: 2\nR: * : * : * nan", 4, "a reward is expected; found 'nan'")]
    [InlineData("discount: 0.5\nstates: 2\nactions: 2\nR: * : * : * 1e999", 4, "a reward is expected; found '1e999'")]
    [InlineData("discount: 1.5\nstates: 2\nactions: 2\nT: * identity", null, "the discount is 1.5")]
    [InlineData("states: 2\nactions: 2\nT: * identity", null, "it has no discount")]
    [InlineData("discount: 0.5\nstates: 999999999999\nactions: 2\nT: * identity", 2, "there are 999999999999 states")]
    [InlineData("discount: 0.5\nstates: 1000000000\nactions: 2\nT: * identity", 2, "there are 1000000000 states")]
    [InlineData("discount: 0.5\nstates: 4000000\nactions: 4000000\nT: * identity", 4, "pairs")]
    [InlineData("discount: 0.5\nstates: 100000\nactions: 4\nT: * uniform", 4, "assignments")]
    [InlineData("discount: 0.5\nstates: 4000\nactions: 2\nT: * uniform", 4, "more outcomes")]
    [InlineData("discount: 0.5\nstates: 2\nactions: 1\nT: * identity", 4, "there are 1 actions")]
    [InlineData("discount: 0.5\nT: * identity", 2, "states and actions must be given before")]
    [InlineData("discount: 0.5\nstates: 2\nactions: 2\nobservations: 2", 4, "partially observed")]
    [InlineData("discount: 0.5\nstates: 2\nactions: 2\nstart: 0.9 0.9\nT: * identity", null, "The start distribution sums to 1.8")]
    [InlineData("discount: 0.5\nreward: 2", 2, "'reward' is no statement")]
    [InlineData("", null, "it has no discount")]
    public void What_is_wrong_is_said_with_its_line(string text, int? line, string problem)
    {
        var thrown = Assert.Throws<FiniteFileException>(() => Read(text));
        Assert.Equal((line, "small.mdp"), (thrown.Line, thrown.File));
        Assert.StartsWith(line is null ? "small.mdp: " : $"small.mdp, line {line}: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_would_repeat_a_wildcard_for_ever_is_refused()
    {
        string text = "discount: 0.5\nstates: 200\nactions: 10\n" + string.Concat(Enumerable.Repeat("T: * : * : * 0\n", 1000));
        Assert.Contains("assignments", Refused(text), StringComparison.Ordinal);
    }
}
