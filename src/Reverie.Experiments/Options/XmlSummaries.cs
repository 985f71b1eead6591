using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Reverie.Experiments;

/// <summary>Reads what a property means from the documentation file that the compiler writes beside a library.</summary>
internal static partial class XmlSummaries
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, string>> Files = new();

    /// <summary>The property's summary as plain text on one line; empty where there is none.</summary>
    public static string Of(PropertyInfo property) =>
        Files.GetOrAdd(property.DeclaringType!.Assembly, Read).GetValueOrDefault($"P:{property.DeclaringType.FullName!.Replace('+', '.')}.{property.Name}", "");

    private static Dictionary<string, string> Read(Assembly assembly)
    {
        string path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return XDocument.Load(path).Descendants("member")
                .Where(m => m.Element("summary") is not null)
                .DistinctBy(m => (string?)m.Attribute("name"))
                .ToDictionary(m => (string?)m.Attribute("name") ?? "", m => Text(m.Element("summary")!));
        }
        catch (XmlException)
        {
            return [];
        }
    }

    private static string Text(XElement summary)
    {
        var words = summary.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Value.Length: > 0 } element => element.Value,
            XElement element => LastWord((string?)element.Attribute("cref") ?? (string?)element.Attribute("name") ?? (string?)element.Attribute("langword") ?? ""),
            _ => "",
        });
        return Spaces().Replace(string.Concat(words), " ").Trim();
    }

    private static string LastWord(string cref) => OptionDescription.CamelCase(cref[(cref.LastIndexOf('.') + 1)..]);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
