using SkiaSharp;

namespace Reverie.Experiments.Tests.Reports;

/// <summary>What can be said of a picture without looking at it.</summary>
internal static class Picture
{
    public static SKBitmap Decode(byte[] png)
    {
        var bitmap = SKBitmap.Decode(png);
        Assert.NotNull(bitmap);
        return bitmap;
    }

    public static int Colors(byte[] png)
    {
        using var bitmap = Decode(png);
        return bitmap.Pixels.Distinct().Count();
    }

    public static int Count(byte[] png, string color, int fromRow = 0, int toRow = int.MaxValue)
    {
        using var bitmap = Decode(png);
        var wanted = SKColor.Parse(color);
        var rows = bitmap.Pixels.AsSpan()[(fromRow * bitmap.Width)..(Math.Min(toRow, bitmap.Height) * bitmap.Width)];
        return rows.Count(wanted);
    }
}
