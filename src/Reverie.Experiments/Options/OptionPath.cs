using System.Reflection;

namespace Reverie.Experiments;

/// <summary>The way from an options record, through nested records, to one property.</summary>
internal sealed class OptionPath
{
    private readonly PropertyInfo[] properties;

    private OptionPath(PropertyInfo[] properties) => this.properties = properties;

    /// <summary>E.g. <c>model.hiddenLayers</c>.</summary>
    public string Name => string.Join('.', properties.Select(p => OptionDescription.CamelCase(p.Name)));

    /// <summary>The property at the end.</summary>
    public PropertyInfo Property => properties[^1];

    /// <summary>Its type.</summary>
    public Type ValueType => Property.PropertyType;

    /// <summary>Every settable property of <paramref name="options"/> and its nested records, in order of declaration.</summary>
    public static IReadOnlyList<OptionPath> All(Type options)
    {
        var paths = new List<OptionPath>();
        Collect(options, [], paths);
        return paths;
    }

    public object? Get(object options)
    {
        object? value = options;
        foreach (var property in properties)
        {
            value = value is null ? null : property.GetValue(value);
        }

        return value;
    }

    /// <summary>A copy of <paramref name="options"/> with this property changed; nested records on the way are copied too.</summary>
    public object With(object options, object? value) => With(options, 0, value);

    /// <summary>The type of the elements of a list, or null.</summary>
    public static Type? ElementType(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0]
        : null;

    /// <summary>Whether values of a type are options records themselves.</summary>
    public static bool IsNested(Type type) =>
        type.IsClass && type != typeof(string) && ElementType(type) is null && Cloner(type) is not null && type.GetConstructor(Type.EmptyTypes) is not null;

    private static void Collect(Type type, PropertyInfo[] way, List<OptionPath> paths)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.GetIndexParameters().Length == 0))
        {
            if (IsNested(property.PropertyType))
            {
                Collect(property.PropertyType, [.. way, property], paths);
            }
            else
            {
                paths.Add(new OptionPath([.. way, property]));
            }
        }
    }

    private object With(object options, int depth, object? value)
    {
        object copy = Cloner(options.GetType())!.Invoke(options, null)!;
        var property = properties[depth];
        property.SetValue(copy, depth == properties.Length - 1
            ? value
            : With(property.GetValue(copy) ?? Activator.CreateInstance(property.PropertyType)!, depth + 1, value));
        return copy;
    }

    // The method that the compiler gives every record for 'with' expressions.
    private static MethodInfo? Cloner(Type type) => type.GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance);
}
