using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Reverie.Worlds;

/// <summary>Checks the <see cref="RangeAttribute"/>s of an options record where it is used from code, without an option binder.</summary>
internal static class OptionRanges
{
    /// <summary>Returns <paramref name="options"/> if all its properties are in range.</summary>
    /// <exception cref="ArgumentException">A property is out of range; the message names it, its value and its range.</exception>
    public static T Checked<T>(T options)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var property in options.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(property.GetValue(options)))
            {
                string open = range.MinimumIsExclusive ? "above" : "at least";
                throw new ArgumentException(
                    FormattableString.Invariant($"{property.Name} is {property.GetValue(options)}; it must be {open} {range.Minimum} and at most {range.Maximum}."),
                    nameof(options));
            }
        }

        return options;
    }
}
