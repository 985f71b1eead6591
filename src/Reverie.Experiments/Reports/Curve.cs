using ScottPlot;
using SkiaSharp;

namespace Reverie.Experiments.Reports;

/// <summary>
/// A line on a plot, perhaps dashed. Dashes are drawn as strokes of their own: the SVG canvas knows no dash pattern.
/// </summary>
internal sealed class Curve(Points points, Stroke stroke, byte opacity, float dotSize) : IPlottable
{
    /// <inheritdoc/>
    public bool IsVisible { get; set; } = true;

    /// <inheritdoc/>
    public IAxes Axes { get; set; } = new Axes();

    /// <inheritdoc/>
    public IEnumerable<LegendItem> LegendItems => [];

    /// <inheritdoc/>
    public AxisLimits GetAxisLimits() => new(points.X.Min(), points.X.Max(), points.Y.Min(), points.Y.Max());

    /// <inheritdoc/>
    public void Render(RenderPack rp)
    {
        var pixels = new SKPoint[points.Count];
        for (int i = 0; i < pixels.Length; i++)
        {
            var pixel = Axes.GetPixel(new Coordinates(points.X[i], points.Y[i]));
            pixels[i] = new SKPoint(pixel.X, pixel.Y);
        }

        Draw(rp.Canvas, pixels, stroke, opacity);
        if (dotSize > 0)
        {
            using var dot = PlotStyle.Paint(stroke.Color, opacity);
            foreach (var pixel in pixels)
            {
                rp.Canvas.DrawCircle(pixel, dotSize / 2, dot);
            }
        }
    }

    /// <summary>Draws a line through points of the canvas.</summary>
    public static void Draw(SKCanvas canvas, ReadOnlySpan<SKPoint> line, Stroke stroke, byte opacity = 255)
    {
        if (line.Length < 2)
        {
            return;
        }

        using var path = new SKPath();
        if (stroke.Dashes.Count == 0)
        {
            path.MoveTo(line[0]);
            foreach (var point in line[1..])
            {
                path.LineTo(point);
            }
        }
        else
        {
            AddDashes(path, line, stroke.Dashes);
        }

        using var paint = PlotStyle.Paint(stroke.Color, opacity);
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = stroke.Width;
        paint.StrokeJoin = SKStrokeJoin.Round;
        canvas.DrawPath(path, paint);
    }

    private static void AddDashes(SKPath path, ReadOnlySpan<SKPoint> line, IReadOnlyList<float> dashes)
    {
        int dash = 0;
        float left = dashes[0];
        path.MoveTo(line[0]);
        for (int i = 1; i < line.Length; i++)
        {
            var from = line[i - 1];
            float length = SKPoint.Distance(from, line[i]);
            for (float at = 0; at < length;)
            {
                float step = Math.Min(left, length - at);
                at += step;
                left -= step;
                var to = from + new SKPoint((line[i].X - from.X) * at / length, (line[i].Y - from.Y) * at / length);
                if (dash % 2 == 0)
                {
                    path.LineTo(to);
                }
                else
                {
                    path.MoveTo(to);
                }

                if (left <= 1e-4f)
                {
                    dash = (dash + 1) % dashes.Count;
                    left = dashes[dash];
                }
            }
        }
    }
}
