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
/// <c>Safetensors</c> stores one as a file.
/// </summary>
public sealed class StateDictionary
{
    private readonly SortedDictionary<string, Array> entries = new(StringComparer.Ordinal);

    /// <summary>The names, in ordinal order.</summary>
    public IEnumerable<string> Names => entries.Keys;

    /// <summary>Whether there is an entry of this name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>Adds or replaces an entry of 64-bit integers.</summary>
    public void Set(string name, ReadOnlySpan<long> values) => entries[name] = values.ToArray();

    /// <summary>Adds or replaces an entry of double-precision numbers.</summary>
    public void Set(string name, ReadOnlySpan<double> values) => entries[name] = values.ToArray();

    /// <summary>Adds or replaces an entry of single-precision numbers.</summary>
    public void Set(string name, ReadOnlySpan<float> values) => entries[name] = values.ToArray();

    /// <summary>Adds or replaces an entry of bytes.</summary>
    public void Set(string name, ReadOnlySpan<byte> values) => entries[name] = values.ToArray();

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

    /// <summary>The array under <paramref name="name"/>, of whichever type.</summary>
    internal Array GetArray(string name) => entries[name];

    private T[] Get<T>(string name, int length)
    {
        if (!entries.TryGetValue(name, out var array))
        {
            throw new StateException($"the saved state has no entry '{name}'");
        }

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
}
