namespace Reverie.Numerics;

/// <summary>A saved state lacks an entry, or an entry does not fit.</summary>
public sealed class StateException : Exception
{
    /// <summary>With a message that names the entry.</summary>
    public StateException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public StateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public StateException()
    {
    }
}

/// <summary>
/// Named arrays of numbers: the state of a world, an agent, a run. Names are paths, e.g. <c>agent/model/weights</c>.
/// <see cref="Safetensors"/> stores one as a file.
/// </summary>
public sealed class StateDictionary
{
    private readonly SortedDictionary<string, (Array Array, int[] Shape)> entries = new(StringComparer.Ordinal);

    /// <summary>The names, in ordinal order.</summary>
    public IEnumerable<string> Names => entries.Keys;

    /// <summary>Whether there is an entry of this name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>Adds or replaces an entry of 64-bit integers.</summary>
    /// <param name="name">The entry.</param>
    /// <param name="values">Its numbers, row-major.</param>
    /// <param name="shape">Extents whose product is the number of values; empty for a plain list.</param>
    /// <exception cref="ArgumentException">The shape does not fit the values.</exception>
    public void Set(string name, ReadOnlySpan<long> values, ReadOnlySpan<int> shape = default) => SetArray(name, values.ToArray(), shape);

    /// <summary>Adds or replaces an entry of double-precision numbers.</summary>
    /// <inheritdoc cref="Set(string, ReadOnlySpan{long}, ReadOnlySpan{int})"/>
    public void Set(string name, ReadOnlySpan<double> values, ReadOnlySpan<int> shape = default) => SetArray(name, values.ToArray(), shape);

    /// <summary>Adds or replaces an entry of single-precision numbers.</summary>
    /// <inheritdoc cref="Set(string, ReadOnlySpan{long}, ReadOnlySpan{int})"/>
    public void Set(string name, ReadOnlySpan<float> values, ReadOnlySpan<int> shape = default) => SetArray(name, values.ToArray(), shape);

    /// <summary>Adds or replaces an entry of bytes.</summary>
    /// <inheritdoc cref="Set(string, ReadOnlySpan{long}, ReadOnlySpan{int})"/>
    public void Set(string name, ReadOnlySpan<byte> values, ReadOnlySpan<int> shape = default) => SetArray(name, values.ToArray(), shape);

    /// <summary>The 64-bit integers under <paramref name="name"/>.</summary>
    /// <param name="name">The entry.</param>
    /// <param name="length">The length it must have; −1 for any.</param>
    /// <exception cref="StateException">Missing, of another type or length.</exception>
    public ReadOnlySpan<long> GetInt64(string name, int length = -1) => Get<long>(name, length);

    /// <summary>The double-precision numbers under <paramref name="name"/>.</summary>
    /// <inheritdoc cref="GetInt64"/>
    public ReadOnlySpan<double> GetDouble(string name, int length = -1) => Get<double>(name, length);

    /// <summary>The single-precision numbers under <paramref name="name"/>.</summary>
    /// <inheritdoc cref="GetInt64"/>
    public ReadOnlySpan<float> GetSingle(string name, int length = -1) => Get<float>(name, length);

    /// <summary>The bytes under <paramref name="name"/>.</summary>
    /// <inheritdoc cref="GetInt64"/>
    public ReadOnlySpan<byte> GetBytes(string name, int length = -1) => Get<byte>(name, length);

    /// <summary>The extents of the entry <paramref name="name"/>; a plain list has one.</summary>
    /// <exception cref="StateException">There is no such entry.</exception>
    public IReadOnlyList<int> Shape(string name) => Find(name).Shape;

    /// <summary>The array under <paramref name="name"/>, of whichever type.</summary>
    internal Array GetArray(string name) => entries[name].Array;

    /// <summary>Adds or replaces an entry without copying <paramref name="array"/>.</summary>
    internal void SetArray(string name, Array array, ReadOnlySpan<int> shape)
    {
        int[] extents = shape.IsEmpty ? [array.Length] : shape.ToArray();
        if (CountOf(extents, array.Length) != array.Length)
        {
            throw new ArgumentException($"The shape [{string.Join(", ", extents)}] of '{name}' does not hold its {array.Length} numbers.", nameof(shape));
        }

        entries[name] = (array, extents);
    }

    /// <summary>The product of extents; −1 if one is negative or the product exceeds <paramref name="limit"/>, which keeps it from overflowing.</summary>
    internal static long CountOf(ReadOnlySpan<int> shape, long limit)
    {
        if (shape.ContainsAnyInRange(int.MinValue, -1))
        {
            return -1;
        }

        if (shape.Contains(0))
        {
            return 0;
        }

        long count = 1;
        foreach (int extent in shape)
        {
            if (count > limit / extent)
            {
                return -1;
            }

            count *= extent;
        }

        return count;
    }

    private T[] Get<T>(string name, int length)
    {
        var array = Find(name).Array;
        if (array is not T[] typed)
        {
            throw new StateException($"the saved state's entry '{name}' holds {array.GetType().GetElementType()!.Name}, not {typeof(T).Name}");
        }

        if (length >= 0 && typed.Length != length)
        {
            throw new StateException($"the saved state's entry '{name}' has {typed.Length} numbers, not {length}");
        }

        return typed;
    }

    private (Array Array, int[] Shape) Find(string name) =>
        entries.TryGetValue(name, out var entry) ? entry : throw new StateException($"the saved state has no entry '{name}'");
}
