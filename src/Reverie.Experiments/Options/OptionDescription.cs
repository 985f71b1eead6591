using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Reverie.Experiments;

/// <summary>One option as commands show it.</summary>
/// <param name="Name">Its name for <c>--set</c>, e.g. <c>model.hiddenLayers</c>.</param>
/// <param name="Type">What a value looks like: <c>integer</c>, <c>number</c>, <c>true|false</c>, the words of an enumeration, …</param>
/// <param name="Default">The default, written as <c>--set</c> reads it.</param>
/// <param name="Range">The allowed range, empty where there is no limit.</param>
/// <param name="Summary">What it means; empty where the library's documentation file is missing.</param>
public sealed partial record OptionDescription(string Name, string Type, string Default, string Range, string Summary)
{
    internal static OptionDescription Of(OptionPath path, object options) => new(
        path.Name,
        TypeName(path.ValueType),
        Format(path.Get(options)),
        RangeOf(path.Property),
        Meaning(path));

    // The text of an option within options tells the default of those options by themselves, which is another where it stands here.
    private static string Meaning(OptionPath path)
    {
        string summary = XmlSummaries.Of(path.Property);
        return path.Name.Contains('.', StringComparison.Ordinal) ? DefaultSentence().Replace(summary, "").Trim() : summary;
    }

    [GeneratedRegex(@"\s*Default\b.*?\.(?=\s|$)")]
    private static partial Regex DefaultSentence();

    /// <summary>A value as <c>--set</c> reads it.</summary>
    internal static string Format(object? value) => value switch
    {
        null => "none",
        bool b => b ? "true" : "false",
        Enum e => CamelCase(e.ToString()),
        string s => s,
        System.Collections.IEnumerable items => string.Join(',', items.Cast<object?>().Select(Format)),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>The range as words, e.g. <c>1 to 64</c>, <c>at least 1</c>, <c>above 0</c>.</summary>
    internal static string RangeOf(PropertyInfo property)
    {
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range)
        {
            return "";
        }

        double low = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
        double high = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        string lowText = Format(range.Minimum);
        string highText = Format(range.Maximum);
        bool noLow = low <= double.MinValue || (range.Minimum is int i && i == int.MinValue);
        bool noHigh = high >= double.MaxValue || (range.Maximum is int j && j == int.MaxValue);
        string above = range.MinimumIsExclusive ? $"above {lowText}" : $"at least {lowText}";
        string below = range.MaximumIsExclusive ? $"below {highText}" : $"at most {highText}";
        return (noLow, noHigh) switch
        {
            (true, true) => "",
            (true, false) => below,
            (false, true) => above,
            _ when !range.MinimumIsExclusive && !range.MaximumIsExclusive => $"{lowText} to {highText}",
            _ => $"{above}, {below}",
        };
    }

    internal static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    internal static string TypeName(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return $"{TypeName(inner)}|none";
        }

        if (OptionPath.ElementType(type) is { } element)
        {
            return $"{TypeName(element)},…";
        }

        return type.IsEnum ? string.Join('|', Enum.GetNames(type).Select(CamelCase))
            : type == typeof(bool) ? "true|false"
            : type == typeof(string) ? "text"
            : type == typeof(double) || type == typeof(float) ? "number"
            : "integer";
    }
}
