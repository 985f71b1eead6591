using Reverie.Experiments.Comparisons;

namespace Reverie.Experiments.Tests.Comparisons;

/// <summary>Small comparisons.</summary>
internal static class Comparison
{
    public static ComparisonRequest Request(string[] agents, string[] worlds, int seeds = 3) => new()
    {
        Agents = [.. agents.Select(text => Contender.Parse("agent", text))],
        Worlds = [.. worlds.Select(text => Contender.Parse("world", text))],
        Seeds = seeds,
        Steps = 400,
        EvaluateEvery = 100,
        EvaluateEpisodes = 2,
        EvaluationEpisodes = 2,
    };

    /// <summary>Runs what is left and writes the report.</summary>
    public static IReadOnlyList<ComparisonFailure> Run(string path, ComparisonRequest request, int threads)
    {
        var directory = ComparisonDirectory.Open(path, ComparisonPlan.Of(request));
        using var held = directory.Lock();
        var failures = ComparisonRunner.Run(directory, threads, new Silent(), TimeProvider.System, TestContext.Current.CancellationToken);
        ComparisonReport.Write(ComparisonResult.Read(directory), directory.Path);
        return failures;
    }

    private sealed class Silent : IComparisonListener
    {
        public void OnStart(ComparisonDirectory directory, int done)
        {
        }

        public IRunListener OnRun(ComparisonCell cell) => new SilentListener();

        public void OnEnd(ComparisonCell cell, RunResult? result, string? failure)
        {
        }
    }
}
