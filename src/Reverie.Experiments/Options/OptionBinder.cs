using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Reverie.Experiments;

/// <summary>A record of options that <c>--set</c> may change.</summary>
/// <param name="Kind">What it belongs to: <c>world</c>, <c>agent</c> or <c>planner</c>; also the prefix that tells equal names apart.</param>
/// <param name="Owner">The name of that world, agent or planner, for messages.</param>
/// <param name="Defaults">The record with its defaults.</param>
public sealed record OptionTarget(string Kind, string Owner, object Defaults);

/// <summary>Binds <c>--set name=value</c> to the properties of options records, and stores the records as JSON.</summary>
public static class OptionBinder
{
    /// <summary>Every option of a record.</summary>
    public static IReadOnlyList<OptionDescription> Describe(object defaults) =>
        [.. OptionPath.All(defaults.GetType()).Select(path => OptionDescription.Of(path, defaults))];

    /// <summary>The records of <paramref name="targets"/>, changed by <paramref name="assignments"/> in order, and checked.</summary>
    /// <param name="targets">What may be changed.</param>
    /// <param name="assignments">Each <c>name=value</c>; a name found in two targets needs its kind before it, as in <c>agent.discount=0.9</c>.</param>
    /// <exception cref="RequestException">An unknown or ambiguous name, no value of the option's type, or one out of range.</exception>
    public static object[] Bind(IReadOnlyList<OptionTarget> targets, IEnumerable<string> assignments)
    {
        object[] options = [.. targets.Select(t => t.Defaults)];
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new RequestException($"--set takes name=value; given '{assignment}'");
            }

            string name = assignment[..equals].Trim();
            var (index, path) = Find(targets, name);
            object? value = Parse(path.ValueType, assignment[(equals + 1)..].Trim(), path.Name, targets[index]);
            CheckRange(path.Property, value, path.Name, targets[index]);
            options[index] = path.With(options[index], value);
        }

        for (int i = 0; i < options.Length; i++)
        {
            Check(options[i], targets[i]);
        }

        return options;
    }

    /// <summary>Whether one of <paramref name="targets"/> has the option of an assignment, <c>name=value</c>.</summary>
    internal static bool Has(IReadOnlyList<OptionTarget> targets, string assignment)
    {
        string name = assignment.Split('=')[0].Trim();
        return targets.Any(t => OptionPath.All(t.Defaults.GetType()).Any(path => Same(path.Name, name) || Same($"{t.Kind}.{path.Name}", name)));
    }

    /// <summary>A record as JSON.</summary>
    public static JsonElement ToJson(object options) => JsonSerializer.SerializeToElement(options, options.GetType(), RunJson.Document);

    /// <summary>The record that <see cref="ToJson"/> stored.</summary>
    /// <exception cref="RunException">The JSON does not fit the record.</exception>
    public static object FromJson(OptionTarget target, JsonElement json)
    {
        try
        {
            object options = json.Deserialize(target.Defaults.GetType(), RunJson.Document) ?? throw new JsonException("it is null");
            Check(options, target);
            return options;
        }
        catch (Exception e) when (e is JsonException or RequestException)
        {
            throw new RunException($"the run's options of {target.Owner} do not fit this version: {Messages.OneLine(e)}", e);
        }
    }

    private static (int Index, OptionPath Path) Find(IReadOnlyList<OptionTarget> targets, string name)
    {
        var all = targets.SelectMany((target, index) => OptionPath.All(target.Defaults.GetType()).Select(path => (Target: target, Index: index, Path: path))).ToList();
        var matches = all.Where(o => Same(o.Path.Name, name) || Same($"{o.Target.Kind}.{o.Path.Name}", name)).ToList();
        if (matches.Count == 1)
        {
            return (matches[0].Index, matches[0].Path);
        }

        if (matches.Count > 1)
        {
            throw new RequestException($"option '{name}' is ambiguous: write {string.Join(" or ", matches.Select(m => $"'{m.Target.Kind}.{m.Path.Name}'"))}");
        }

        string owners = string.Join(" and ", targets.Select(t => t.Owner));
        if (all.Count == 0)
        {
            throw new RequestException($"unknown option '{name}': {owners} has no options");
        }

        // A nested option given by its last word alone is the likeliest slip.
        string? nearest = all.Select(o => o.Path.Name).FirstOrDefault(n => Same(n[(n.LastIndexOf('.') + 1)..], name))
            ?? Names.Nearest(name, all.Select(o => o.Path.Name));
        throw new RequestException($"unknown option '{name}' of {owners}; did you mean '{nearest}'?");
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static object? Parse(Type type, string text, string name, OptionTarget target)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Same(text, "none") ? null : Parse(inner, text, name, target);
        }

        if (OptionPath.ElementType(type) is { } element)
        {
            string[] parts = text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries);
            var array = Array.CreateInstance(element, parts.Length);
            for (int i = 0; i < parts.Length; i++)
            {
                array.SetValue(Parse(element, parts[i], name, target), i);
            }

            return array;
        }

        if (type.IsEnum)
        {
            string? word = Enum.GetNames(type).FirstOrDefault(n => Same(n, text));
            return word is not null ? Enum.Parse(type, word) : throw Wrong(Names.Suggestion(text, Enum.GetNames(type).Select(OptionDescription.CamelCase), listed: true));
        }

        var invariant = CultureInfo.InvariantCulture;
        return type switch
        {
            _ when type == typeof(string) => text,
            _ when type == typeof(bool) => bool.TryParse(text, out bool b) ? b : throw Wrong(),
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out int i) ? i : throw Wrong(),
            _ when type == typeof(long) => long.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out long l) ? l : throw Wrong(),
            _ when type == typeof(float) => float.TryParse(text, NumberStyles.Float, invariant, out float f) && float.IsFinite(f) ? f : throw Wrong(),
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, invariant, out double d) && double.IsFinite(d) ? d : throw Wrong(),
            _ => throw new RequestException($"option '{name}' of {target.Owner} cannot be set from the command line"),
        };

        RequestException Wrong(string suggestion = "") =>
            new($"option '{name}' of {target.Owner} takes {OptionDescription.TypeName(type)}; given '{text}'{suggestion}");
    }

    private static void CheckRange(PropertyInfo property, object? value, string name, OptionTarget target)
    {
        if (value is null || property.GetCustomAttribute<RangeAttribute>() is not { } range)
        {
            return;
        }

        IEnumerable values = value is IEnumerable list and not string ? list : new[] { value };
        foreach (object item in values)
        {
            if (!range.IsValid(item))
            {
                throw new RequestException($"option '{name}' of {target.Owner} is {OptionDescription.Format(item)}; allowed: {OptionDescription.RangeOf(property)}");
            }
        }
    }

    // Ranges of all properties, then what the record itself refuses (a public Validate method, where it has one).
    private static void Check(object options, OptionTarget target)
    {
        foreach (var path in OptionPath.All(options.GetType()))
        {
            CheckRange(path.Property, path.Get(options), path.Name, target);
        }

        Validate(options, target);
    }

    private static void Validate(object options, OptionTarget target)
    {
        foreach (var property in options.GetType().GetProperties().Where(p => p.CanWrite && OptionPath.IsNested(p.PropertyType)))
        {
            if (property.GetValue(options) is { } nested)
            {
                Validate(nested, target);
            }
        }

        try
        {
            options.GetType().GetMethod("Validate", BindingFlags.Public | BindingFlags.Instance, Type.EmptyTypes)?.Invoke(options, null);
        }
        catch (TargetInvocationException e) when (e.InnerException is ArgumentException inner)
        {
            throw new RequestException($"options of {target.Owner}: {Messages.OneLine(inner)}", inner);
        }
    }
}
