using ScottPlot;
using ScottPlot.AxisPanels;
using SkiaSharp;

namespace Reverie.Experiments.Reports;

/// <summary>The look of all pictures: colours, sizes and typeface in one place.</summary>
internal static class PlotStyle
{
    /// <summary>Pixels of a PNG for each unit of a figure: at 7.2 units of 100 across a page, 300 to the inch.</summary>
    public const float PngScale = 3;

    /// <summary>Text of ticks, labels and legends.</summary>
    public const float TextSize = 12;

    /// <summary>Text of titles.</summary>
    public const float TitleSize = 15;

    /// <summary>Space around a figure.</summary>
    public const float Margin = 12;

    /// <summary>Text and axes.</summary>
    public const string Ink = "#2B2B2B";

    /// <summary>Secondary text.</summary>
    public const string Faint = "#707070";

    /// <summary>Grid lines.</summary>
    public const string Grid = "#E6E6E6";

    /// <summary>What lies under everything.</summary>
    public const string Paper = "#FFFFFF";

    /// <summary>
    /// Distinguishable with any colour vision (Okabe and Ito 2008), without the yellow, which vanishes on white, and with black as the
    /// ink of real measurements.
    /// </summary>
    public static readonly string[] Palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];

    /// <summary>The colours above on a dark page.</summary>
    public static readonly (string Light, string Dark)[] DarkPage =
    [
        (Ink, "#E4E4E4"), (Faint, "#A0A0A0"), (Grid, "#383838"), (Paper, "#191919"),
        ("#0072B2", "#4BA3DB"), ("#D55E00", "#F0803C"), ("#009E73", "#2CC79A"),
    ];

    // Lengths of strokes and gaps, in turn; every pattern has an even number.
    private static readonly float[][] Patterns = [[], [7, 3], [2, 3], [7, 3, 2, 3]];

    /// <summary>The look of the series number <paramref name="index"/>, distinct for the first 24.</summary>
    public static Stroke Series(int index) =>
        new(Palette[index % Palette.Length], 2, Patterns[index / Palette.Length % Patterns.Length]);

    /// <summary>A solid line.</summary>
    public static Stroke Line(string color, float width = 2) => new(color, width, Patterns[0]);

    /// <summary>A dashed line.</summary>
    public static Stroke Dashes(string color, float width = 1.5f) => new(color, width, Patterns[1]);

    /// <summary>A plot without title and legend, which <see cref="PlotGrid"/> adds.</summary>
    public static Plot NewPlot(string xLabel, string yLabel)
    {
        EmbeddedFont.Install();
        var plot = new Plot();
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Legend.IsVisible = false;
        plot.Grid.MajorLineColor = Color.FromHex(Grid);
        plot.Grid.MajorLineWidth = 1;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        Dress(plot.Axes.Bottom, xLabel);
        Dress(plot.Axes.Left, yLabel);
        Dress(plot.Axes.Top, "");
        Dress(plot.Axes.Right, "");
        plot.Axes.Right.MinimumSize = 12;
        plot.Axes.Top.MinimumSize = 8;
        ((AxisBase)plot.Axes.Top).EmptyLabelPadding = default;
        plot.Axes.Bottom.TickGenerator = Ticks.Numbers();
        plot.Axes.Left.TickGenerator = Ticks.Numbers(spacing: 28);
        return plot;
    }

    /// <summary>A paint for text or lines.</summary>
    public static SKPaint Paint(string color, byte opacity = 255) =>
        new() { Color = SKColor.Parse(color).WithAlpha(opacity), IsAntialias = true };

    private static void Dress(IAxis axis, string label)
    {
        var ink = Color.FromHex(Ink);
        axis.FrameLineStyle.Color = ink;
        axis.FrameLineStyle.Width = Math.Min(axis.FrameLineStyle.Width, 1);
        axis.MajorTickStyle.Color = axis.MinorTickStyle.Color = ink;
        axis.MajorTickStyle.Width = axis.MinorTickStyle.Width = 1;
        axis.MajorTickStyle.Length = 4;
        axis.MinorTickStyle.Length = 0;
        axis.TickLabelStyle.FontName = axis.Label.FontName = EmbeddedFont.Family;
        axis.TickLabelStyle.FontSize = axis.Label.FontSize = TextSize;
        axis.TickLabelStyle.ForeColor = axis.Label.ForeColor = ink;
        axis.Label.Bold = false;
        axis.Label.Text = label;
        axis.Label.IsVisible = label.Length > 0;
    }
}

/// <summary>How a line is drawn.</summary>
/// <param name="Color">Colour, <c>#RRGGBB</c>.</param>
/// <param name="Width">Width in units of the figure.</param>
/// <param name="Dashes">Lengths of strokes and gaps in turn; none for a solid line.</param>
internal sealed record Stroke(string Color, float Width, IReadOnlyList<float> Dashes);
