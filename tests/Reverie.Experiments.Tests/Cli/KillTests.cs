using Reverie.Experiments.Tests.Runs;
using Reverie.Numerics;

namespace Reverie.Experiments.Tests.Cli;

/// <summary>A run that is killed, however often and whenever, comes to the same bits as one that is not.</summary>
public sealed class KillTests : IDisposable
{
    private static readonly string[] Random = ["learn", "random", "pendulum", "--episodes", "24", "--checkpoint-steps", "15", "--set", "maxSteps=40", "--seed", "7"];

    private static readonly string[] Pets =
    [
        "learn", "pets", "pendulum", "--episodes", "6", "--checkpoint-steps", "5", "--evaluation-episodes", "1", "--seed", "7", "--threads", "1", "--set", "maxSteps=12",
        "--set", "randomSteps=10", "--set", "retrainEvery=8", "--set", "model.members=3", "--set", "model.elites=2", "--set", "model.hiddenLayers=2",
        "--set", "model.hiddenSize=16", "--set", "model.maxSteps=20", "--set", "model.stepsPerRound=10", "--set", "model.particles=4",
        "--set", "icem.population=16", "--set", "icem.elites=4", "--set", "icem.iterations=2", "--set", "icem.horizon=8",
        "--evaluate-every", "9", "--evaluate-episodes", "1",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Random_agent() => KilledAtRandomMomentsItComesToTheSameBytes(Random, kills: 4, mostEpisodes: 4, seed: 1);

    [Fact]
    public void Pets_agent() => KilledAtRandomMomentsItComesToTheSameBytes(Pets, kills: 4, mostEpisodes: 1, seed: 2);

    [Theory]
    [InlineData("q-learning")]
    [InlineData("dyna-q")]
    [InlineData("dyna-q+")]
    [InlineData("dyna")]
    [InlineData("dyna-ps")]
    [InlineData("posterior-sampling")]
    [InlineData("model-rl")]
    [InlineData("e3")]
    [InlineData("r-max")]
    [InlineData("mbie-eb")]
    public void Tabular_agents(string agent) => KilledAtRandomMomentsItComesToTheSameBytes(
        ["learn", agent, "river-swim", "--episodes", "120", "--checkpoint-steps", "30", "--set", "maxSteps=40", "--seed", "7"], kills: 2, mostEpisodes: 30, seed: 3);

    [Fact]
    public void Interrupted_it_saves_exits_130_and_comes_to_the_same_bytes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var command = new CommandProcess(folder.Path, [.. Pets, "--out", "cut", "--json"]);
        command.WaitForLines("episode ", 1);
        command.Interrupt();
        var (code, output, error) = command.Finish();
        Assert.Equal((130, ""), (code, output));
        Assert.EndsWith($"interrupted; saved. Go on with: reverie resume {folder.In("cut")}", error, StringComparison.Ordinal);
        Assert.Equal(0, CommandProcess.Run(folder.Path, [.. Pets, "--out", "whole"]).Code);
        Assert.Equal(0, CommandProcess.Run(folder.Path, "resume", "cut").Code);
        TemporaryFolder.AssertSameRun(folder.In("whole"), folder.In("cut"));
    }

    private void KilledAtRandomMomentsItComesToTheSameBytes(string[] learn, int kills, int mostEpisodes, long seed)
    {
        Assert.Equal(0, CommandProcess.Run(folder.Path, [.. learn, "--out", "whole"]).Code);
        var random = new RandomStream(RandomKey.FromSeed(seed));
        string[] next = [.. learn, "--out", "cut"];
        for (int kill = 1; kill <= kills; kill++)
        {
            using var command = new CommandProcess(folder.Path, next);
            int episodes = random.NextInt32(mostEpisodes + 1);
            command.WaitForLines(episodes == 0 ? "" : "episode ", Math.Max(1, episodes));
            Thread.Sleep(random.NextInt32(25));
            Assert.False(command.HasExited, "the run ended before it could be killed: make it longer");
            command.Kill();
            Assert.False(File.Exists(Path.Combine(folder.In("cut"), "result.json")));
            next = ["resume", "cut"];
        }

        var (code, _, error) = CommandProcess.Run(folder.Path, next);
        Assert.Equal((0, ""), (code, string.Join('\n', error.Split('\n').Where(line => line.StartsWith("error", StringComparison.Ordinal)))));
        TemporaryFolder.AssertSameRun(folder.In("whole"), folder.In("cut"));
    }
}
