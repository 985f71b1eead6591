using System.Text;
using SkiaSharp;

namespace Reverie.Experiments.Reports;

/// <summary>A picture that can be had as PNG and as SVG. The same data gives the same bytes.</summary>
internal sealed class Figure
{
    private readonly Action<SKCanvas> draw;

    /// <summary>A picture.</summary>
    /// <param name="name">File name without extension.</param>
    /// <param name="title">One line above it.</param>
    /// <param name="caption">What it shows, in a sentence or two: text beside the picture and for readers who do not see it.</param>
    /// <param name="width">Width in units of a hundredth of an inch.</param>
    /// <param name="height">Height.</param>
    /// <param name="draw">Draws it on a canvas of that size.</param>
    public Figure(string name, string title, string caption, int width, int height, Action<SKCanvas> draw)
    {
        (Name, Title, Caption, Width, Height) = (name, title, caption, width, height);
        this.draw = draw;
    }

    /// <summary>File name without extension.</summary>
    public string Name { get; init; }

    /// <summary>One line above it.</summary>
    public string Title { get; }

    /// <summary>What it shows.</summary>
    public string Caption { get; }

    /// <summary>Width in hundredths of an inch.</summary>
    public int Width { get; }

    /// <summary>Height in hundredths of an inch.</summary>
    public int Height { get; }

    /// <summary>What to draw under another name.</summary>
    public Figure Renamed(string name) => new(name, Title, Caption, Width, Height, draw);

    /// <summary>The picture as PNG, <see cref="PlotStyle.PngScale"/> pixels a unit.</summary>
    public byte[] ToPng()
    {
        var info = new SKImageInfo((int)(Width * PlotStyle.PngScale), (int)(Height * PlotStyle.PngScale), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var surface = SKSurface.Create(info) ?? throw new InvalidOperationException($"There is no memory for a picture of {info.Width} × {info.Height} pixels.");
        surface.Canvas.Clear(SKColor.Parse(PlotStyle.Paper));
        surface.Canvas.Scale(PlotStyle.PngScale);
        draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The picture as an SVG document that carries its typeface.</summary>
    public string ToSvg() =>
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + Markup("", $"<style>{EmbeddedFont.StyleRules()}</style><rect width=\"100%\" height=\"100%\" fill=\"{PlotStyle.Paper}\"/>") + "\n";

    /// <summary>The picture as SVG markup within a page that brings typeface and background.</summary>
    /// <param name="idPrefix">Sets its identifiers apart from those of other pictures of the page.</param>
    public string ToInlineSvg(string idPrefix) => Markup(idPrefix, "");

    private string Markup(string idPrefix, string head)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), stream))
        {
            draw(canvas);
        }

        return SvgMarkup.Tidy(Encoding.UTF8.GetString(stream.ToArray()), this, idPrefix, head);
    }
}
