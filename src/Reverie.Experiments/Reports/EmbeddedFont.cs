using System.Reflection;
using ScottPlot;
using SkiaSharp;

namespace Reverie.Experiments.Reports;

/// <summary>
/// The one typeface of all pictures, carried in the assembly: they look the same on every machine, with or without fonts installed.
/// </summary>
internal sealed class EmbeddedFont : IFontResolver
{
    /// <summary>Its family name.</summary>
    public const string Family = "Roboto";

    private static readonly Lazy<EmbeddedFont> Instance = new(Register);

    private EmbeddedFont()
    {
        Regular = Typeface("Roboto-Regular.ttf");
        Medium = Typeface("Roboto-Medium.ttf");
    }

    /// <summary>For all text but titles.</summary>
    public static SKTypeface RegularTypeface => Instance.Value.Regular;

    /// <summary>For titles.</summary>
    public static SKTypeface MediumTypeface => Instance.Value.Medium;

    private SKTypeface Regular { get; }

    private SKTypeface Medium { get; }

    /// <summary>Makes the plotting library draw all text with it. May be called often.</summary>
    public static void Install() => _ = Instance.Value;

    /// <summary>Style rules that carry the typeface within a document.</summary>
    public static string StyleRules() =>
        FontFace(400, "Roboto-Regular.woff2") + FontFace(500, "Roboto-Medium.woff2");

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName != Family ? null : weight > FontWeight.Normal ? Typeface("Roboto-Medium.ttf") : Typeface("Roboto-Regular.ttf");

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        CreateTypeface(fontName, bold ? FontWeight.Bold : FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);

    private static EmbeddedFont Register()
    {
        var font = new EmbeddedFont();
        ScottPlot.Fonts.FontResolvers.Insert(0, font);
        return font;
    }

    private static SKTypeface Typeface(string file)
    {
        using var data = SKData.CreateCopy(Resource(file));
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException($"The typeface {file} in this assembly cannot be read.");
    }

    private static string FontFace(int weight, string file) =>
        $"@font-face{{font-family:{Family};font-weight:{weight};src:url(data:font/woff2;base64,{Convert.ToBase64String(Resource(file))})format('woff2')}}";

    private static byte[] Resource(string file)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"Reverie.Experiments.Reports.Fonts.{file}")
            ?? throw new InvalidOperationException($"This assembly carries no {file}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
