using System.Net;

namespace Reverie.Experiments.Reports;

/// <summary>Text within markup.</summary>
internal static class Html
{
    /// <summary>Escapes what markup would read as its own, and drops characters that XML 1.0 does not know.</summary>
    public static string Text(string text) =>
        WebUtility.HtmlEncode(string.Concat(text.Where(c => c >= ' ' || c is '\t' or '\n' or '\r').Where(c => c is not ('\uFFFE' or '\uFFFF'))));
}
