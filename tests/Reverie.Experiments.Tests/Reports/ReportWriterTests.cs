using System.Text.RegularExpressions;
using System.Xml.Linq;
using Reverie.Experiments.Reports;

namespace Reverie.Experiments.Tests.Reports;

public sealed class ReportWriterTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "reverie-report-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Writes_every_picture_twice_and_one_page()
    {
        ReportWriter.Write(Sample.Full() with { FilmStrips = [Sample.Strip(), Sample.Strip()] }, folder);
        var files = ReportWriter.Write(Sample.Full(), folder);
        string[] expected =
        [
            "learning-curve.png", "learning-curve.svg", "film-strip.png", "film-strip.svg", "grid.png", "grid.svg", "model-loss.png", "model-loss.svg",
            "imagined-trajectories.png", "imagined-trajectories.svg", "open-loop-error.png", "open-loop-error.svg", "report.html",
        ];
        Assert.Equal(expected, files.Select(Path.GetFileName));
        Assert.Equal(expected.Order(), Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        foreach (string png in files.Where(f => f.EndsWith(".png", StringComparison.Ordinal)))
        {
            byte[] bytes = File.ReadAllBytes(png);
            using var picture = Picture.Decode(bytes);
            Assert.True(picture.Width >= 1900, $"{png} is {picture.Width} wide");
            Assert.True(Picture.Colors(bytes) > 20, $"{png} is blank");
            Assert.True(Picture.Count(bytes, "#0072B2") > 1000, $"{png} lacks the first colour");
        }

        foreach (string svg in files.Where(f => f.EndsWith(".svg", StringComparison.Ordinal)))
        {
            var document = XDocument.Load(svg);
            Assert.Equal("svg", document.Root!.Name.LocalName);
            Assert.Contains(document.Descendants(), e => e.Name.LocalName == "text");
            Assert.Contains("@font-face", File.ReadAllText(svg), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_same_data_gives_the_same_bytes()
    {
        var first = ReportWriter.Write(Sample.Full(), folder).ToDictionary(f => f, File.ReadAllBytes);
        foreach (string file in ReportWriter.Write(Sample.Full(), folder))
        {
            Assert.True(first[file].AsSpan().SequenceEqual(File.ReadAllBytes(file)), $"{file} differs");
        }
    }

    [Fact]
    public void The_page_stands_alone_and_has_the_numbers()
    {
        string page = Page(Sample.Full());
        string withoutNamespaces = Regex.Replace(page, " xmlns(:xlink)?=\"[^\"]*\"", "");
        Assert.DoesNotContain("http:", withoutNamespaces, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", withoutNamespaces, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", withoutNamespaces, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", page, StringComparison.OrdinalIgnoreCase);
        Assert.All(Regex.Matches(page, @"url\(([^)]{0,20})").Select(m => m.Groups[1].Value), target => Assert.Matches("^(#|data:font)", target));
        foreach (string expected in new[] { "12,345", "31 ± 0.707", "33.88", "30.5 · 31.5", "1.5 min", "agent.planner.population", "437", "prefers-color-scheme:dark", "width=device-width" })
        {
            Assert.Contains(expected, page, StringComparison.Ordinal);
        }

        Assert.Equal(6, Regex.Count(page, "<svg "));
    }

    [Fact]
    public void Identifiers_of_the_pages_pictures_do_not_collide()
    {
        string page = Page(Sample.Full());
        string[] ids = [.. Regex.Matches(page, "\\bid=\"([^\"]+)\"").Select(m => m.Groups[1].Value)];
        Assert.True(ids.Length > 5);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(Regex.Matches(page, @"url\(#([^)]+)\)").Select(m => m.Groups[1].Value), id => Assert.Contains(id, ids));
    }

    [Fact]
    public void What_is_missing_is_noted()
    {
        var files = ReportWriter.Write(new ReportData { Title = "nothing" }, folder);
        string page = File.ReadAllText(Assert.Single(files));
        foreach (string missing in new[] { "no learning curve", "model's loss", "imagined trajectories", "open-loop error" })
        {
            Assert.Contains(missing, System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Infinite_returns_are_left_out_with_a_note()
    {
        var curve = Sample.Curve() with { Episodes = [new(40, double.NaN), new(80, 1), new(120, double.PositiveInfinity), new(160, 2)] };
        string page = Page(new ReportData { Title = "t", LearningCurves = [curve] });
        Assert.Contains("2 episode returns are NaN or infinite", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page[page.IndexOf("<svg", StringComparison.Ordinal)..page.IndexOf("</svg>", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public void Markup_in_names_stays_text()
    {
        string name = "<script>alert('a & \"b\"')</script>";
        string page = Page(Sample.Full() with { Title = name, Runs = [Sample.Run(name)], LearningCurves = [Sample.Curve(label: name, world: name)], FilmStrips = [Sample.Strip() with { Title = name }] });
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        foreach (string svg in Directory.GetFiles(folder, "*.svg"))
        {
            Assert.Equal("svg", XDocument.Load(svg).Root!.Name.LocalName);
        }
    }

    [Fact]
    public void Twenty_runs_with_long_labels_fit()
    {
        var curves = Enumerable.Range(1, 20).Select(s => Sample.Curve($"{new string('x', 150)} number {s}", s % 2 == 0 ? "a" : "b", s)).ToList();
        var figure = Assert.Single(ReportWriter.Figures(new ReportData { Title = "t", LearningCurves = curves }, []));
        var legend = XDocument.Parse(figure.ToSvg()).Descendants().Where(e => e.Name.LocalName == "text" && e.Value.Contains("number", StringComparison.Ordinal)).ToList();
        Assert.Equal(20, legend.Count);
        Assert.Equal(20, legend.Select(e => e.Value[^3..]).Distinct().Count());
        Assert.All(legend, e => Assert.InRange(double.Parse(e.Attribute("x")!.Value.Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture), 0, figure.Width - 8));
    }

    [Fact]
    public void Only_so_many_pictures_of_a_kind()
    {
        var notes = new List<string>();
        var figures = ReportWriter.Figures(new ReportData { Title = "t", FilmStrips = [.. Enumerable.Repeat(Sample.Strip(), 8)] }, notes);
        Assert.Equal(Enumerable.Range(1, 6).Select(i => $"film-strip-{i}"), figures.Select(f => f.Name));
        Assert.Contains("Only the first 6 of 8 film strips are shown.", notes);
    }

    private string Page(ReportData data) => File.ReadAllText(ReportWriter.Write(data, folder)[^1]);
}
