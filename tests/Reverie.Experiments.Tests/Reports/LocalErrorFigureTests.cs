using Reverie.Experiments.Reports;

namespace Reverie.Experiments.Tests.Reports;

public sealed class LocalErrorFigureTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "reverie-local-error-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_report_draws_the_one_step_error_of_local_models_alone()
    {
        var errors = new LocalError("local-models", [.. Enumerable.Range(0, 50).Select(t => 0.01 * (t + 1))]);
        var files = ReportWriter.Write(Sample.Full() with { LocalErrors = [errors] }, folder);
        string png = Assert.Single(files, f => Path.GetFileName(f) == "one-step-error.png");
        Assert.Single(files, f => Path.GetFileName(f) == "one-step-error.svg");
        byte[] bytes = File.ReadAllBytes(png);
        Assert.True(Picture.Count(bytes, "#0072B2") > 1000, "There is no line.");
        Assert.Contains("median over fits", File.ReadAllText(files.Single(f => f.EndsWith(".html", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.DoesNotContain(ReportWriter.Write(Sample.Full(), folder), f => Path.GetFileName(f).StartsWith("one-step-error", StringComparison.Ordinal));
    }
}
