using System.Text.RegularExpressions;

namespace Reverie.Experiments.Reports;

/// <summary>Makes the canvas's SVG fit for documents: scalable, named, with typefaces that readers have.</summary>
internal static partial class SvgMarkup
{
    /// <summary>The markup from its <c>svg</c> element on.</summary>
    public static string Tidy(string svg, Figure figure, string idPrefix, string head)
    {
        int start = svg.IndexOf("<svg", StringComparison.Ordinal);
        int body = svg.IndexOf('>', start) + 1;
        string size = FormattableString.Invariant($"viewBox=\"0 0 {figure.Width} {figure.Height}\" width=\"{figure.Width}\" height=\"{figure.Height}\"");
        string open = $"<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" {size} role=\"img\"><title>{Html.Text(figure.Title)}</title><desc>{Html.Text(figure.Caption)}</desc>{head}";
        string rest = svg[body..].TrimEnd();
        rest = FontFamily().Replace(rest, match =>
            $"font-weight=\"{(match.Groups[1].Value.Contains("Medium", StringComparison.Ordinal) ? 500 : 400)}\" font-family=\"{EmbeddedFont.Family}, Helvetica, Arial, 'DejaVu Sans', sans-serif\"");
        rest = TextSpace().Replace(rest, "$1");
        rest = ListEnd().Replace(rest, "\"");
        rest = Attribute().Replace(rest, attribute => Decimals().Replace(attribute.Value, "$1"));

        // The canvas numbers its identifiers over the life of the process; a document's own numbers depend on nothing else.
        var numbers = new Dictionary<string, int>();
        rest = Id().Replace(rest, match =>
        {
            string name = match.Groups[2].Value;
            if (!numbers.TryGetValue(name, out int number))
            {
                numbers[name] = number = numbers.Count + 1;
            }

            return FormattableString.Invariant($"{match.Groups[1].Value}{idPrefix}c{number}");
        });
        return open + rest;
    }

    // The canvas names the heavier weight as a family of its own.
    [GeneratedRegex("(?:font-weight=\"[0-9]+\" )?font-family=\"([^\"]*)\"")]
    private static partial Regex FontFamily();

    // Within text elements the canvas sets line breaks, which are no part of the text.
    [GeneratedRegex("(?<=<text[^>]*>)\\s*([^<]*?)\\s*(?=</text>)")]
    private static partial Regex TextSpace();

    // It ends lists of positions with a comma, which is no valid list.
    [GeneratedRegex(", \"")]
    private static partial Regex ListEnd();

    [GeneratedRegex(" (?:d|x|y|cx|cy|rx|ry|width|height|transform|points)=\"[^\"]*\"")]
    private static partial Regex Attribute();

    // A hundredth of a unit is a thirtieth of a pixel at 300 to the inch.
    [GeneratedRegex("(\\.[0-9]{2})[0-9]+")]
    private static partial Regex Decimals();

    [GeneratedRegex("(\\bid=\"|url\\(#|href=\"#)([^\")]+)")]
    private static partial Regex Id();
}
