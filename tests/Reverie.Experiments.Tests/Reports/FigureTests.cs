using System.Globalization;
using System.Xml.Linq;
using Reverie.Experiments.Reports;

namespace Reverie.Experiments.Tests.Reports;

public sealed class FigureTests
{
    private const string Ink = "#2B2B2B";

    [Fact]
    public void Text_is_really_drawn()
    {
        byte[] With(string title) => PlotGrid.Figure("f", title, "", [new Panel("", PlotStyle.NewPlot("x", "y"))], 1, 720, 200, []).ToPng();
        int titleRows = (int)(40 * PlotStyle.PngScale);
        Assert.True(Picture.Count(With("A title of some length"), Ink, 0, titleRows) > Picture.Count(With("A title"), Ink, 0, titleRows) + 200);
        Assert.Equal(0, Picture.Count(With(" "), Ink, 0, titleRows));
    }

    [Fact]
    public void Letters_are_letters_and_not_boxes()
    {
        byte[] With(string title) => new Figure("f", "", "", 100, 30, canvas => Lettering.Draw(canvas, title, 5, 20, 15, Ink)).ToPng();
        var distinct = new[] { "i", "m", "θ", "²", "−", "±" }.Select(With).Select(Convert.ToHexString).Distinct();
        Assert.Equal(6, distinct.Count());
    }

    [Fact]
    public void Axis_labels_use_the_carried_typeface()
    {
        EmbeddedFont.Install();
        var typeface = ScottPlot.Fonts.GetTypeface(EmbeddedFont.Family, bold: false, italic: false);
        Assert.Equal("Roboto", typeface.FamilyName);
        Assert.True(typeface.ContainsGlyphs("environment steps 0123456789 [rad/s] θσμ±×−·…≤≥≈∞°²³⁰⁻₀₁"));
    }

    [Fact]
    public void A_dashed_line_is_dashed_in_both_formats()
    {
        var stroke = PlotStyle.Line("#FF0000", 4) with { Dashes = [10, 10] };
        var figure = new Figure("f", "", "", 220, 20, canvas => Curve.Draw(canvas, [new(10, 10), new(45, 10), new(210, 10)], stroke));
        // Ten strokes of 10 by 4 units, at 3 × 3 pixels a unit.
        Assert.Equal(10 * 10 * 4 * 9, Picture.Count(figure.ToPng(), "#FF0000"));
        var path = Assert.Single(XDocument.Parse(figure.ToSvg()).Descendants(), e => e.Name.LocalName == "path");
        Assert.Equal(10, path.Attribute("d")!.Value.Split('M', StringSplitOptions.RemoveEmptyEntries).Count(p => p.Contains('L', StringComparison.Ordinal)));
    }

    [Fact]
    public void A_grid_shows_walls_numbers_and_where_the_policy_goes()
    {
        var map = Sample.Map();
        string svg = GridMapFigure.Of(map)!.ToSvg();
        Assert.All((string[])["0.5", "0.9", "0.6", "0.8", "12 k", "10", "a maze: policy, values and visits"], text => Assert.Contains(">" + text + "<", svg, StringComparison.Ordinal));
        byte[] With(params (int, int)[] moves) => GridMapFigure.Of(map with { Moves = moves })!.ToPng();
        var (right, left, down) = (With(Moves((0, 1))), With(Moves((0, -1))), With(Moves((1, 0))));
        Assert.Equal(3, new[] { right, left, down }.Select(Convert.ToHexString).Distinct().Count());
        Assert.Null(GridMapFigure.Of(map with { Rows = 0 }));

        (int, int)[] Moves((int, int) first) => [first, .. map.Moves.Skip(1)];
    }

    [Fact]
    public void Measures_of_agents_have_a_panel_each()
    {
        MetricTrace Trace(string label, string name, double last) => new(label, name, [new(1, 0), new(50, 2), new(100, last)]);
        string svg = TracesFigure.Of([Trace("e3", "e3/known", 5), Trace("e3", "e3/mode", 1), Trace("r-max", "r-max/known", double.NaN)])!.ToSvg();
        Assert.All((string[])["e3/known", "e3/mode", "r-max/known", ">e3<", ">r-max<"], text => Assert.Contains(text, svg, StringComparison.Ordinal));
        Assert.Null(TracesFigure.Of([new MetricTrace("e3", "e3/known", [new(1, double.NaN)])]));
    }

    [Fact]
    public void Titles_are_of_the_heavier_weight_and_labels_are_not()
    {
        var texts = XDocument.Parse(LearningCurveFigure.Of([Sample.Curve()])!.ToSvg()).Descendants().Where(e => e.Name.LocalName == "text").ToList();
        Assert.Equal(["Learning curve on cartpole-swingup"], texts.Where(e => e.Attribute("font-weight")?.Value == "500").Select(e => e.Value));
        Assert.All(texts, e => Assert.StartsWith("Roboto,", e.Attribute("font-family")!.Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Few_episodes_are_seen(int episodes)
    {
        byte[] png = LearningCurveFigure.Of([Sample.Curve(episodes: episodes)])!.ToPng();
        Assert.InRange(Picture.Count(png, "#0072B2", 0, 1150), 100 * episodes, 20_000);
    }

    [Fact]
    public void A_single_episode_is_seen_among_many_agents()
    {
        byte[] png = LearningCurveFigure.Of([.. Enumerable.Range(1, 6).Select(i => Sample.Curve($"agent {i}") with { Episodes = [new(40 * i, i)] })])!.ToPng();
        Assert.All(PlotStyle.Palette, color => Assert.True(Picture.Count(png, color, 0, 1100) > 100, color));
    }

    [Fact]
    public void No_episodes_make_no_picture()
    {
        Assert.Null(LearningCurveFigure.Of([Sample.Curve(episodes: 0)]));
        Assert.Null(LearningCurveFigure.Of([]));
        Assert.Null(ModelLossFigure.Of([Sample.Loss() with { Retrainings = [new(1, double.NaN, double.NaN)] }]));
        Assert.Null(ImaginedTrajectoriesFigure.Of(Sample.Imagined() with { Members = [] }));
        Assert.Null(OpenLoopErrorFigure.Of([Sample.Error() with { Horizons = [] }]));
        Assert.Null(FilmStripFigure.Of(Sample.Strip(steps: 0)));
    }

    [Fact]
    public void Equal_returns_make_a_finite_axis()
    {
        var curve = Sample.Curve() with { Episodes = [new(40, 200), new(80, 200), new(120, 200)] };
        var labels = Labels(LearningCurveFigure.Of([curve])!);
        Assert.Contains("200", labels);
        Assert.DoesNotContain(labels, l => l.Contains("NaN", StringComparison.Ordinal) || l.Contains('∞', StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_axis_tells_seconds()
    {
        Assert.Contains("60", Labels(LearningCurveFigure.Of([Sample.Curve()])!));
        Assert.Contains("seconds of experience", Labels(LearningCurveFigure.Of([Sample.Curve()])!));
        Assert.DoesNotContain("seconds of experience", Labels(LearningCurveFigure.Of([Sample.Curve(secondsPerStep: 0)])!));
    }

    [Fact]
    public void Runs_of_one_agent_are_shown_together()
    {
        var figure = LearningCurveFigure.Of([Sample.Curve(seed: 1), Sample.Curve(seed: 2), Sample.Curve("random")])!;
        var labels = Labels(figure);
        Assert.Contains("pets (2 runs)", labels);
        Assert.Contains("random", labels);
        Assert.Contains("fill-opacity", figure.ToSvg(), StringComparison.Ordinal);
        Assert.DoesNotContain("fill-opacity", LearningCurveFigure.Of([Sample.Curve()])!.ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_loss_axis_is_logarithmic_where_it_spans_decades()
    {
        var wide = Labels(ModelLossFigure.Of([Sample.Loss(floor: 1e-6)])!);
        Assert.Contains("training loss (logarithmic)", wide);
        Assert.Contains("validation loss (logarithmic)", wide);
        Assert.Contains("0.01", wide);
        Assert.Contains("training loss", Labels(ModelLossFigure.Of([Sample.Loss(floor: 1)])!));
        Assert.Contains("training loss", Labels(ModelLossFigure.Of([Sample.Loss(floor: -2)])!));
    }

    [Fact]
    public void A_loss_that_was_not_measured_has_no_panel()
    {
        var loss = Sample.Loss();
        var labels = Labels(ModelLossFigure.Of([loss with { Retrainings = [.. loss.Retrainings.Select(r => r with { Training = double.NaN })] }])!);
        Assert.DoesNotContain(labels, l => l.StartsWith("training loss", StringComparison.Ordinal));
        Assert.Contains(labels, l => l.StartsWith("validation loss", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_feature_has_its_panel()
    {
        var labels = Labels(ImaginedTrajectoriesFigure.Of(Sample.Imagined(features: 7))!);
        Assert.All(Enumerable.Range(0, 7), f => Assert.Contains($"feature {f} [m]", labels));
        Assert.Equal(7, labels.Count(l => l == "time [s]"));
    }

    [Fact]
    public void A_member_that_diverges_does_not_flatten_the_rest()
    {
        var calm = Sample.Imagined(features: 1);
        IReadOnlyList<double[]> wild = [.. Enumerable.Range(0, 40).Select(t => new[] { t < 30 ? Math.Pow(10, t) : double.NaN })];
        var labels = Labels(ImaginedTrajectoriesFigure.Of(calm with { Members = [.. calm.Members, wild] })!);
        double largest = labels.Select(l => double.TryParse(l.Replace('−', '-'), CultureInfo.InvariantCulture, out double v) ? Math.Abs(v) : 0).Max();
        Assert.InRange(largest, 0.5, 10);
    }

    [Fact]
    public void Worlds_have_panels_of_their_own()
    {
        var labels = Labels(OpenLoopErrorFigure.Of([Sample.Error(world: "pendulum"), Sample.Error()])!);
        Assert.Contains("pendulum", labels);
        Assert.Equal(2, labels.Count(l => l == "error [standard deviations]"));
        Assert.Contains("members' spread", labels);
    }

    [Fact]
    public void The_strip_shows_the_pole_where_it_is()
    {
        // One upright pole of length 1 above the origin: all of it is above the rail, exactly in the middle of the frame.
        var figure = FilmStripFigure.Of(new FilmStrip("", [new CartPoleState(0, 0)], [], PoleLength: 1))!;
        using var picture = Picture.Decode(figure.ToPng());
        var pole = new SkiaSharp.SKColor(0xD5, 0x5E, 0x00);
        var pixels = picture.Pixels.Select((p, i) => (p, x: i % picture.Width, y: i / picture.Width)).Where(p => p.p == pole).ToList();
        int width = pixels.Max(p => p.x) - pixels.Min(p => p.x);
        int height = pixels.Max(p => p.y) - pixels.Min(p => p.y);
        Assert.InRange(height, 8 * width, 20 * width);

        // The same pole turned by a quarter to the right lies flat, to the right of where it stood.
        var flat = FilmStripFigure.Of(new FilmStrip("", [new CartPoleState(0, Math.PI / 2)], [], PoleLength: 1))!;
        using var turned = Picture.Decode(flat.ToPng());
        Assert.True(turned.GetPixel(pixels.Max(p => p.x) + 30, pixels.Max(p => p.y)) == pole);
    }

    [Fact]
    public void The_strip_ends_where_imagination_ends()
    {
        var strip = Sample.Strip();
        var broken = strip with { Imagined = [.. strip.Imagined.Take(10), new CartPoleState(double.NaN, 0), .. strip.Imagined.Skip(11)] };
        int Carts(FilmStrip s) => Picture.Count(FilmStripFigure.Of(s)!.ToPng(), "#0072B2");
        Assert.InRange(Carts(broken), 1, Carts(strip) - 1);
    }

    [Fact]
    public void An_imagined_cart_that_left_the_frame_is_pointed_at()
    {
        CartPoleState[] real = [new(0, 0), new(0, 0)];
        int Blue(double position) => Picture.Count(FilmStripFigure.Of(new FilmStrip("", real, [new(0, 0), new(position, 0)]))!.ToPng(), "#0072B2");
        Assert.InRange(Blue(1e6) - Blue(double.NaN), 100, 1000);
        Assert.InRange(Blue(1e6) - Blue(-1e6), -20, 20);
    }

    private static List<string> Labels(Figure figure) =>
        [.. XDocument.Parse(figure.ToSvg()).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
}
