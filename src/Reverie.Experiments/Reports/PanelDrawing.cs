using ScottPlot;
using ScottPlot.AxisPanels;

namespace Reverie.Experiments.Reports;

/// <summary>Lines, bands and dots on a plot.</summary>
internal static class PanelDrawing
{
    /// <summary>How much a band covers, of 255.</summary>
    public const byte BandOpacity = 56;

    /// <summary>Draws a line; with dots where there are few points, so that a single one is seen.</summary>
    public static void Line(this Plot plot, Points points, Stroke stroke, byte opacity = 255, bool dots = false)
    {
        if (points.Count == 0)
        {
            return;
        }

        plot.Add.Plottable(new Curve(points, stroke, opacity, dots || points.Count == 1 ? 4 + stroke.Width : 0));
    }

    /// <summary>Draws a band between two edges.</summary>
    public static void Band(this Plot plot, double[] x, double[] low, double[] high, string color)
    {
        if (x.Length == 0)
        {
            return;
        }

        if (x.Length == 1)
        {
            plot.Line(new Points([x[0], x[0]], [low[0], high[0]]), PlotStyle.Line(color, 6), BandOpacity);
            return;
        }

        var band = plot.Add.FillY(x, low, high);
        band.FillColor = Color.FromHex(color).WithAlpha(BandOpacity);
        band.LineWidth = 0;
        band.MarkerSize = 0;
    }

    /// <summary>Marks powers of ten on the left, for data given as decimal logarithms.</summary>
    public static void ShowDecades(this Plot plot)
    {
        plot.Axes.Left.TickGenerator = Ticks.Decades();
        plot.Axes.Left.MinorTickStyle.Length = 2;
    }

    /// <summary>Adds a second axis above that tells the steps of the lower one in seconds. Call after the limits are set.</summary>
    /// <param name="plot">A plot over steps.</param>
    /// <param name="secondsPerStep">Seconds a step; nothing is added where it is not above 0.</param>
    /// <param name="label">The axis's label.</param>
    public static void ShowSeconds(this Plot plot, double secondsPerStep, string label)
    {
        if (!(secondsPerStep > 0 && double.IsFinite(secondsPerStep)))
        {
            return;
        }

        var limits = plot.Axes.GetLimits();
        var axis = plot.Axes.Top;
        axis.TickGenerator = Ticks.Seconds(Math.Max(0, limits.Left), limits.Right, secondsPerStep, most: 7);
        axis.FrameLineStyle.Width = 1;
        axis.Label.Text = label;
        axis.Label.IsVisible = true;

        // The library hangs an upper label above its panel; it belongs just above the numbers.
        axis.Label.OffsetY = PlotStyle.TextSize - 2;
        ((AxisBase)axis).PaddingBetweenTickAndAxisLabels = default;
        plot.Axes.SetLimitsX(limits.Left, limits.Right, axis);
    }
}
