namespace Reverie.Experience;

/// <summary>A type of Thrift's compact protocol, by its number there; truth values stand in their field's header.</summary>
internal enum ThriftType
{
    Truth = 1,
    Byte = 3,
    I16 = 4,
    I32 = 5,
    I64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Struct = 12,
}

/// <summary>What a field must hold.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Fields">Of a structure: its fields.</param>
/// <param name="Element">Of a list: its elements.</param>
internal sealed record ThriftKind(ThriftType Type, ThriftShape? Fields = null, ThriftKind? Element = null)
{
    public static ThriftKind Of(ThriftShape fields) => new(ThriftType.Struct, fields);

    public static ThriftKind ListOf(ThriftKind element) => new(ThriftType.List, Element: element);

    public static ThriftKind ListOf(ThriftShape fields) => ListOf(Of(fields));
}

/// <summary>
/// The fields of a Thrift structure by their numbers. Checks that bytes hold such a structure, whole and of the right types: a
/// reader that trusts the types may then be let at it. Fields that are not listed may hold single values, not structures.
/// </summary>
internal sealed class ThriftShape : Dictionary<int, ThriftKind>
{
    /// <summary>Where the integers with field numbers below 10 go in the array that <see cref="Check"/> fills.</summary>
    public int Slot { get; init; }

    /// <summary>Walks one structure at the start of the bytes.</summary>
    /// <param name="bytes">The bytes; more may follow.</param>
    /// <param name="numbers">Receives each integer at the slot of its structure plus its field number; may be empty.</param>
    /// <returns>The structure's length.</returns>
    /// <exception cref="FormatException">It is not whole, or a field has another type.</exception>
    public int Check(ReadOnlySpan<byte> bytes, Span<long> numbers = default)
    {
        int position = 0;
        Walk(bytes, ref position, numbers);
        return position;
    }

    private void Walk(ReadOnlySpan<byte> bytes, ref int position, Span<long> numbers)
    {
        for (int id = 0; ;)
        {
            byte head = Next(bytes, ref position);
            if (head == 0)
            {
                return;
            }

            id = (short)(head >> 4 == 0 ? Zigzag(Varint(bytes, ref position, 3)) : id + (head >> 4));
            // In a field's header 1 stands for true and 2 for false.
            var type = (ThriftType)((head & 15) == 2 ? 1 : head & 15);
            if (!TryGetValue(id, out var kind))
            {
                kind = type is ThriftType.List or ThriftType.Struct ? throw new FormatException($"its metadata hold an unknown structure (field {id})") : new ThriftKind(type);
            }

            if (type != kind.Type)
            {
                throw new FormatException($"its metadata hold a field {id} of type {(int)type} where {(int)kind.Type} is due");
            }

            if (type != ThriftType.Truth)
            {
                long number = Value(bytes, ref position, kind, numbers);
                if (id is >= 0 and < 10 && !numbers.IsEmpty)
                {
                    numbers[Slot + id] = number;
                }
            }
        }
    }

    /// <summary>Passes over a value.</summary>
    /// <returns>Its number if it is an integer, else 0.</returns>
    private static long Value(ReadOnlySpan<byte> bytes, ref int position, ThriftKind kind, Span<long> numbers)
    {
        switch (kind.Type)
        {
            case ThriftType.Truth or ThriftType.Byte:
                return Next(bytes, ref position);
            case ThriftType.I16:
                return Zigzag(Varint(bytes, ref position, 3));
            case ThriftType.I32:
                return Zigzag(Varint(bytes, ref position, 5));
            case ThriftType.I64:
                return Zigzag(Varint(bytes, ref position, 10));
            case ThriftType.Double:
                Skip(bytes, ref position, sizeof(double));
                return 0;
            case ThriftType.Binary:
                Skip(bytes, ref position, Varint(bytes, ref position, 5));
                return 0;
            case ThriftType.Struct:
                kind.Fields!.Walk(bytes, ref position, numbers);
                return 0;
            case ThriftType.List:
                List(bytes, ref position, kind.Element!, numbers);
                return 0;
            default:
                throw new FormatException($"its metadata hold a value of the unknown type {(int)kind.Type}");
        }
    }

    private static void List(ReadOnlySpan<byte> bytes, ref int position, ThriftKind element, Span<long> numbers)
    {
        byte head = Next(bytes, ref position);
        ulong count = head >> 4 == 15 ? Varint(bytes, ref position, 5) : (ulong)(head >> 4);
        // Every element takes a byte at least.
        if (count > (ulong)(bytes.Length - position) || (count > 0 && (head & 15) != (int)element.Type))
        {
            throw new FormatException("its metadata hold a list that cannot be");
        }

        for (ulong i = 0; i < count; i++)
        {
            Value(bytes, ref position, element, numbers);
        }
    }

    private static byte Next(ReadOnlySpan<byte> bytes, ref int position) =>
        position < bytes.Length ? bytes[position++] : throw new FormatException("its metadata end too early");

    private static void Skip(ReadOnlySpan<byte> bytes, ref int position, ulong length)
    {
        if (length > (ulong)(bytes.Length - position))
        {
            throw new FormatException("its metadata end too early");
        }

        position += (int)length;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int position, int maxLength)
    {
        ulong value = 0;
        for (int i = 0; i < maxLength; i++)
        {
            byte b = Next(bytes, ref position);
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("its metadata hold a number that is too long");
    }

    private static long Zigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
