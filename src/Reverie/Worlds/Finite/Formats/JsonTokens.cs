using System.Text.Json;

namespace Reverie.Worlds.Finite.Formats;

/// <summary>The tokens of a JSON file, read piece by piece, so that no file needs more memory than a piece.</summary>
internal sealed class JsonTokens
{
    private readonly string file;
    private readonly Stream stream;
    private readonly byte[] buffer = new byte[1 << 16];
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = 64 });
    private int begin;
    private int end;
    private bool last;

    /// <summary>Reads from a stream.</summary>
    public JsonTokens(string file, Stream stream)
    {
        (this.file, this.stream) = (file, stream);
        Refill();
        if (buffer.AsSpan(0, end).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            begin = 3;
        }
    }

    /// <summary>The token that was last read.</summary>
    public JsonTokenType Type { get; private set; }

    /// <summary>The text of a property's name or a string.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The value of a number; NaN for other tokens.</summary>
    public double Number { get; private set; }

    /// <summary>The line of the token, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Reads the next token.</summary>
    public JsonTokenType Next()
    {
        try
        {
            while (!TryRead())
            {
                if (last)
                {
                    throw Error("the file ends too early.");
                }

                if (begin == 0 && end == buffer.Length)
                {
                    throw Error($"a name or a number is longer than {buffer.Length} bytes.");
                }

                Refill();
            }

            return Type;
        }
        catch (JsonException e)
        {
            throw Invalid(e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new FiniteFileException(file, Line, "it is not valid JSON: a string is not valid Unicode, or a number cannot be represented.", e);
        }
    }

    /// <summary>Reads a number that is whole and in a range.</summary>
    public int Whole(string what, int most)
    {
        Next();
        return Number >= 0 && Number <= most && Number == Math.Floor(Number)
            ? (int)Number
            : throw Error($"{what} must be a whole number from 0 to {most}{Given()}.");
    }

    /// <summary>Reads a finite number.</summary>
    public double Real(string what)
    {
        Next();
        return double.IsFinite(Number) ? Number : throw Error($"{what} must be a number{Given()}.");
    }

    /// <summary>Reads a token of one type.</summary>
    public void Require(JsonTokenType type, string what)
    {
        if (Next() != type)
        {
            throw Error($"{what} is expected{Given()}.");
        }
    }

    /// <summary>Skips the value that comes next.</summary>
    public void Skip()
    {
        int depth = 0;
        do
        {
            depth += Next() switch
            {
                JsonTokenType.StartArray or JsonTokenType.StartObject => 1,
                JsonTokenType.EndArray or JsonTokenType.EndObject => -1,
                _ => 0,
            };
        }
        while (depth > 0);
    }

    /// <summary>Requires that nothing but white space follows.</summary>
    public void RequireEnd()
    {
        try
        {
            do
            {
                if (TryRead())
                {
                    throw Error("something follows the object.");
                }

                Refill();
            }
            while (!last || begin < end);
        }
        catch (JsonException e)
        {
            throw Invalid(e);
        }
    }

    /// <summary>What is wrong on the current line.</summary>
    public FiniteFileException Error(string problem) => new(file, Line, problem);

    private string Given() => Type switch
    {
        JsonTokenType.Number => FormattableString.Invariant($"; found {Number}"),
        JsonTokenType.String or JsonTokenType.PropertyName => $"; found '{FileLimits.Shown(Text)}'",
        _ => $"; found {Type}",
    };

    /// <summary>In the parser's own words; it counts lines from 0 and has the place in its message, too.</summary>
    private FiniteFileException Invalid(JsonException e)
    {
        int place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new FiniteFileException(file, e.LineNumber + 1 ?? Line, $"it is not valid JSON: {(place < 0 ? e.Message : e.Message[..place])}", e);
    }

    private bool TryRead()
    {
        var reader = new Utf8JsonReader(buffer.AsSpan(begin, end - begin), last, state);
        bool read = reader.Read();
        int consumed = (int)reader.BytesConsumed;
        Line += buffer.AsSpan(begin, consumed).Count((byte)'\n');
        (begin, state) = (begin + consumed, reader.CurrentState);
        if (read)
        {
            Type = reader.TokenType;
            Number = Type == JsonTokenType.Number ? reader.GetDouble() : double.NaN;
            Text = Type is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString()! : "";
        }

        return read;
    }

    private void Refill()
    {
        buffer.AsSpan(begin, end - begin).CopyTo(buffer);
        (begin, end) = (0, end - begin);
        int count = stream.Read(buffer, end, buffer.Length - end);
        (end, last) = (end + count, count == 0);
    }
}
