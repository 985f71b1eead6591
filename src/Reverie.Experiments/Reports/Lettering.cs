using SkiaSharp;

namespace Reverie.Experiments.Reports;

/// <summary>Text on a canvas, in the embedded typeface.</summary>
internal static class Lettering
{
    /// <summary>Draws one line of text.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="text">What.</param>
    /// <param name="x">Left edge, middle or right edge, as <paramref name="align"/> says.</param>
    /// <param name="baseline">Height of the base line.</param>
    /// <param name="size">Size in units of the figure.</param>
    /// <param name="color">Colour.</param>
    /// <param name="medium">In the heavier weight.</param>
    /// <param name="align">Alignment.</param>
    public static void Draw(
        SKCanvas canvas, string text, float x, float baseline, float size, string color, bool medium = false, SKTextAlign align = SKTextAlign.Left)
    {
        using var font = Font(size, medium);
        using var paint = PlotStyle.Paint(color);
        canvas.DrawText(text, x, baseline, align, font, paint);
    }

    /// <summary>Width of a line of text.</summary>
    public static float Measure(string text, float size, bool medium = false)
    {
        using var font = Font(size, medium);
        return font.MeasureText(text);
    }

    /// <summary>The text, or its beginning and its end around an ellipsis where it is wider than <paramref name="width"/>.</summary>
    public static string Shorten(string text, float width, float size, bool medium = false)
    {
        if (Measure(text, size, medium) <= width)
        {
            return text;
        }

        // The end tells runs apart (a seed, a number), so that the middle goes.
        for (int keep = text.Length - 1; keep > 1; keep--)
        {
            int tail = keep / 3;
            string shorter = $"{text[..(keep - tail)].TrimEnd()}…{text[^tail..].TrimStart()}";
            if (Measure(shorter, size, medium) <= width)
            {
                return shorter;
            }
        }

        return "…";
    }

    private static SKFont Font(float size, bool medium) =>
        new(medium ? EmbeddedFont.MediumTypeface : EmbeddedFont.RegularTypeface, size) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };
}
