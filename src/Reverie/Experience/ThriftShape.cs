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

/// <summary>
/// What a value of Thrift's compact protocol must look like. Checks that bytes hold a structure whole and with fields of the right
/// types: a reader that trusts the types may then be let at it. Fields that are not listed may hold single values, not structures.
/// </summary>
internal sealed class ThriftShape(ThriftType type)
{
    private readonly ThriftType type = type;
    private ThriftShape?[] fields = [];
    private ThriftShape? element;

    /// <summary>A structure of fields 1, 2, …; null for a number that the format does not use.</summary>
    public static ThriftShape Struct(params ThriftShape?[] fields) => new(ThriftType.Struct) { fields = fields };

    /// <summary>A list.</summary>
    public static ThriftShape List(ThriftShape element) => new(ThriftType.List) { element = element };

    /// <summary>Checks the structure that the bytes begin with.</summary>
    /// <param name="bytes">The bytes; more may follow.</param>
    /// <param name="numbers">
    /// Receives the listed integers by their way: 803 is field 3 of the structure in field 8. Where it is given, no field may come twice.
    /// </param>
    /// <returns>The structure's length.</returns>
    /// <exception cref="FormatException">It is not whole, or a field has another type.</exception>
    public int Check(ReadOnlySpan<byte> bytes, Dictionary<int, long>? numbers = null)
    {
        int position = 0;
        Walk(bytes, ref position, 0, numbers);
        return position;
    }

    private void Walk(ReadOnlySpan<byte> bytes, ref int position, int way, Dictionary<int, long>? numbers)
    {
        int id = 0;
        for (byte head; (head = Next(bytes, ref position)) != 0;)
        {
            id = (short)(head >> 4 == 0 ? Zigzag(Varint(bytes, ref position, 3)) : id + (head >> 4));
            // In a field's header 1 stands for true and 2 for false.
            var given = (ThriftType)((head & 15) == 2 ? 1 : head & 15);
            var field = id >= 1 && id <= fields.Length ? fields[id - 1] : null;
            if (field is null && given is ThriftType.List or ThriftType.Struct)
            {
                throw new FormatException($"its metadata hold an unknown structure (field {id})");
            }

            if (field is not null && field.type != given)
            {
                throw new FormatException($"its metadata hold a field {id} of type {(int)given} where {(int)field.type} is due");
            }

            int place = (way * 100) + id;
            long number = given == ThriftType.Truth ? 0 : (field ?? new(given)).Value(bytes, ref position, place, numbers);
            if (field is not null && numbers?.TryAdd(place, number) == false)
            {
                throw new FormatException($"its metadata hold a field {id} twice");
            }
        }
    }

    /// <summary>Passes over a value.</summary>
    /// <returns>Its number if it is an integer, else 0.</returns>
    private long Value(ReadOnlySpan<byte> bytes, ref int position, int way, Dictionary<int, long>? numbers)
    {
        switch (type)
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
                Walk(bytes, ref position, way, numbers);
                return 0;
            case ThriftType.List:
                Elements(bytes, ref position);
                return 0;
            default:
                throw new FormatException($"its metadata hold a value of the unknown type {(int)type}");
        }
    }

    private void Elements(ReadOnlySpan<byte> bytes, ref int position)
    {
        byte head = Next(bytes, ref position);
        ulong count = head >> 4 == 15 ? Varint(bytes, ref position, 5) : (ulong)(head >> 4);
        // Every element takes a byte at least.
        if (count > (ulong)(bytes.Length - position) || (count > 0 && (head & 15) != (int)element!.type))
        {
            throw new FormatException("its metadata hold a list that cannot be");
        }

        for (ulong i = 0; i < count; i++)
        {
            element!.Value(bytes, ref position, 0, null);
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
