using ScottPlot;
using SkiaSharp;

namespace Reverie.Experiments.Reports;

/// <summary>Plots in rows under one title and over one legend.</summary>
internal static class PlotGrid
{
    private const float LegendLine = 20;
    private const float SwatchWidth = 26;

    /// <summary>Lays out a figure.</summary>
    /// <param name="name">File name without extension.</param>
    /// <param name="title">One line above; shortened to fit; empty for none.</param>
    /// <param name="caption">See <see cref="Figure.Caption"/>.</param>
    /// <param name="panels">At least one plot, with a line above each or none.</param>
    /// <param name="columns">Plots in a row.</param>
    /// <param name="width">Width of the figure.</param>
    /// <param name="panelHeight">Height of a plot.</param>
    /// <param name="legend">Lines of the legend.</param>
    public static Figure Figure(
        string name, string title, string caption, IReadOnlyList<Panel> panels, int columns, int width, int panelHeight, IReadOnlyList<LegendEntry> legend)
    {
        int rows = (panels.Count + columns - 1) / columns;
        float top = PlotStyle.Margin + (title.Length > 0 ? PlotStyle.TitleSize + 10 : 0);
        var places = PlaceLegend(legend, width);
        float legendTop = top + (rows * panelHeight) + 4;
        float bottom = legendTop + (places.Count > 0 ? (places[^1].Row + 1) * LegendLine : 0) + (PlotStyle.Margin / 2);
        return new Figure(name, title, caption, width, (int)Math.Ceiling(bottom), Draw);

        void Draw(SKCanvas canvas)
        {
            if (title.Length > 0)
            {
                Lettering.Draw(canvas, Lettering.Shorten(title, width - (2 * PlotStyle.Margin), PlotStyle.TitleSize, medium: true), PlotStyle.Margin + 4, PlotStyle.Margin + PlotStyle.TitleSize, PlotStyle.TitleSize, PlotStyle.Ink, medium: true);
            }

            float panelWidth = (width - (2 * PlotStyle.Margin)) / columns;
            for (int i = 0; i < panels.Count; i++)
            {
                float left = PlotStyle.Margin + (i % columns * panelWidth);
                float above = top + (i / columns * panelHeight);
                DrawPanel(canvas, panels[i], new PixelRect(left, left + panelWidth, above + panelHeight, above));
            }

            foreach (var place in places)
            {
                DrawEntry(canvas, place, legendTop + (place.Row * LegendLine));
            }
        }
    }

    private static void DrawPanel(SKCanvas canvas, Panel panel, PixelRect place)
    {
        if (panel.Heading.Length > 0)
        {
            string heading = Lettering.Shorten(panel.Heading, place.Width - 24, PlotStyle.TextSize, medium: true);
            Lettering.Draw(canvas, heading, place.Left + 4, place.Top + 14, PlotStyle.TextSize, PlotStyle.Ink, medium: true);
            place = new PixelRect(place.Left, place.Right, place.Bottom, place.Top + 14);
        }

        // The first rendering settles the layout; only the second is seen.
        using (var nowhere = SKSurface.Create(new SKImageInfo(1, 1)))
        {
            panel.Plot.Render(nowhere.Canvas, place);
        }

        canvas.Save();
        panel.Plot.Render(canvas, place);
        canvas.Restore();
    }

    private static List<Place> PlaceLegend(IReadOnlyList<LegendEntry> legend, int width)
    {
        var places = new List<Place>(legend.Count);
        float room = width - (2 * PlotStyle.Margin) - 8;
        var (x, row) = (0f, 0);
        foreach (var entry in legend)
        {
            string label = Lettering.Shorten(entry.Label, room - SwatchWidth - 8, PlotStyle.TextSize);
            float length = SwatchWidth + 6 + Lettering.Measure(label, PlotStyle.TextSize) + 18;
            if (x > 0 && x + length - 18 > room)
            {
                (x, row) = (0, row + 1);
            }

            places.Add(new Place(entry, label, PlotStyle.Margin + 8 + x, row));
            x += length;
        }

        return places;
    }

    private static void DrawEntry(SKCanvas canvas, Place place, float y)
    {
        float middle = y + (LegendLine / 2);
        var stroke = place.Entry.Stroke;
        if (place.Entry.Mark is LegendMark.LineInBand)
        {
            using var fill = PlotStyle.Paint(stroke.Color, PanelDrawing.BandOpacity);
            canvas.DrawRect(place.X, middle - 6, SwatchWidth, 12, fill);
        }

        Curve.Draw(canvas, [new SKPoint(place.X, middle), new SKPoint(place.X + SwatchWidth, middle)], stroke);
        Lettering.Draw(canvas, place.Label, place.X + SwatchWidth + 6, middle + 4, PlotStyle.TextSize, PlotStyle.Ink);
    }

    private sealed record Place(LegendEntry Entry, string Label, float X, int Row);
}

/// <summary>A plot of a figure.</summary>
/// <param name="Heading">A line above it, or empty.</param>
/// <param name="Plot">The plot.</param>
internal sealed record Panel(string Heading, Plot Plot);

/// <summary>What a legend shows beside a label.</summary>
internal enum LegendMark
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A line within its band.</summary>
    LineInBand,
}

/// <summary>One label of a legend.</summary>
/// <param name="Label">Text.</param>
/// <param name="Stroke">Look of the line.</param>
/// <param name="Mark">What is shown.</param>
internal sealed record LegendEntry(string Label, Stroke Stroke, LegendMark Mark = LegendMark.Line);
