using System.Globalization;
using SkiaSharp;

namespace Reverie.Experiments.Reports;

/// <summary>A grid world: on the left what cells are worth and where the policy goes, on the right how often each was visited.</summary>
internal static class GridMapFigure
{
    private const int Width = 1080;
    private const float Gap = 24;
    private const float HeadingHeight = 24;
    private const float LargestCell = 64;
    private const float SmallestNumberedCell = 44;

    /// <summary>Draws a map; null where it has no cells.</summary>
    public static Figure? Of(GridMap map)
    {
        if (map.Rows < 1 || map.Columns < 1)
        {
            return null;
        }

        float cell = Math.Min(LargestCell, (Width - (2 * PlotStyle.Margin) - Gap) / 2 / map.Columns);
        float top = PlotStyle.Margin + PlotStyle.TitleSize + 12;
        int height = (int)Math.Ceiling(top + HeadingHeight + (cell * map.Rows) + PlotStyle.Margin);
        string caption = "Left: what the agent believes each cell to be worth, darker for more, and where its policy goes; a dot where it does not move, or the task is over. "
            + "Right: how often the run was in each cell, darker for more, on a logarithmic scale. Grey cells are walls.";
        return new Figure("grid", $"{map.Title}: policy, values and visits", caption, Width, height, canvas => Draw(canvas, map, cell, top));
    }

    private static void Draw(SKCanvas canvas, GridMap map, float cell, float top)
    {
        string title = Lettering.Shorten($"{map.Title}: policy, values and visits", Width - (2 * PlotStyle.Margin), PlotStyle.TitleSize, medium: true);
        Lettering.Draw(canvas, title, PlotStyle.Margin, PlotStyle.Margin + PlotStyle.TitleSize, PlotStyle.TitleSize, PlotStyle.Ink, medium: true);
        float right = PlotStyle.Margin + (cell * map.Columns) + Gap;
        Lettering.Draw(canvas, "policy and values", PlotStyle.Margin, top + 14, PlotStyle.TextSize, PlotStyle.Faint);
        Lettering.Draw(canvas, "visits", right, top + 14, PlotStyle.TextSize, PlotStyle.Faint);
        var known = map.Values.Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (low, high) = (known.Min(), known.Max());
        double most = Math.Log(1.0 + map.Visits.Max());
        for (int i = 0; i < map.Rows * map.Columns; i++)
        {
            var left = SKRect.Create(PlotStyle.Margin + (i % map.Columns * cell), top + HeadingHeight + (i / map.Columns * cell), cell, cell);
            var place = left;
            place.Offset(right - PlotStyle.Margin, 0);
            bool wall = double.IsNaN(map.Values[i]);
            Fill(canvas, left, wall ? double.NaN : high > low ? (map.Values[i] - low) / (high - low) : 0, PlotStyle.Palette[2]);
            Fill(canvas, place, wall ? double.NaN : most > 0 ? Math.Log(1.0 + map.Visits[i]) / most : 0, PlotStyle.Palette[1]);
            if (wall)
            {
                continue;
            }

            DrawMove(canvas, left, map.Moves[i]);
            if (cell >= SmallestNumberedCell)
            {
                Lettering.Draw(canvas, map.Values[i].ToString("G3", CultureInfo.InvariantCulture), left.MidX, left.Bottom - 5, 10, PlotStyle.Ink, align: SKTextAlign.Center);
                Lettering.Draw(canvas, Short(map.Visits[i]), place.MidX, place.MidY + 4, 10, PlotStyle.Ink, align: SKTextAlign.Center);
            }
        }
    }

    /// <param name="canvas">Where.</param>
    /// <param name="place">The cell.</param>
    /// <param name="share">From 0, hardly coloured, to 1; NaN for a wall.</param>
    /// <param name="color">The colour.</param>
    private static void Fill(SKCanvas canvas, SKRect place, double share, string color)
    {
        using var fill = double.IsNaN(share) ? PlotStyle.Paint(PlotStyle.Faint, 150) : PlotStyle.Paint(color, (byte)(8 + (150 * share)));
        canvas.DrawRect(place, fill);
        using var border = PlotStyle.Paint(PlotStyle.Grid);
        border.Style = SKPaintStyle.Stroke;
        canvas.DrawRect(place, border);
    }

    private static void DrawMove(SKCanvas canvas, SKRect place, (int Rows, int Columns) move)
    {
        using var ink = PlotStyle.Paint(PlotStyle.Palette[0]);
        float size = 0.22f * place.Width;
        float y = place.MidY - (0.08f * place.Height);
        if (move == (0, 0))
        {
            canvas.DrawCircle(place.MidX, y, 0.25f * size, ink);
            return;
        }

        // An arrow to the right, turned to where the policy goes.
        canvas.Save();
        canvas.Translate(place.MidX, y);
        canvas.RotateRadians((float)Math.Atan2(move.Rows, move.Columns));
        ink.Style = SKPaintStyle.Stroke;
        ink.StrokeWidth = Math.Max(1, 0.03f * place.Width);
        canvas.DrawLine(-size, 0, size, 0, ink);
        canvas.DrawLine(size, 0, 0.4f * size, -0.5f * size, ink);
        canvas.DrawLine(size, 0, 0.4f * size, 0.5f * size, ink);
        canvas.Restore();
    }

    private static string Short(long count) => count switch
    {
        >= 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1_000_000} M"),
        >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1000} k"),
        _ => count.ToString(CultureInfo.InvariantCulture),
    };
}
