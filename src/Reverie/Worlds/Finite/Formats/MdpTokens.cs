using System.Globalization;
using System.Text;

namespace Reverie.Worlds.Finite.Formats;

/// <summary>The words of a Cassandra file: between white space, with <c>:</c> and <c>*</c> words of their own, and without comments from <c>#</c> on.</summary>
internal sealed class MdpTokens(string file, TextReader reader)
{
    private readonly char[] buffer = new char[1 << 14];
    private readonly StringBuilder word = new();
    private readonly (string? Text, long Line)[] ahead = new (string?, long)[4];
    private int waiting;
    private int position;
    private int filled;
    private long line = 1;

    /// <summary>The line of the word that was last taken.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>The next word, or the one after <paramref name="skip"/> more, at most 3; null at the end.</summary>
    public string? Peek(int skip = 0)
    {
        while (waiting <= skip)
        {
            ahead[waiting++] = Scan();
        }

        return ahead[skip].Text;
    }

    /// <summary>Takes the next word.</summary>
    /// <param name="expected">What it should be, for the message at the end of the file.</param>
    public string Take(string expected)
    {
        Peek();
        (string? text, Line) = ahead[0];
        ahead.AsSpan(1, --waiting).CopyTo(ahead);
        return text ?? throw Error($"the file ends where {expected} is expected.");
    }

    /// <summary>Takes the next word if it is <paramref name="text"/>.</summary>
    public bool Try(string text)
    {
        if (Peek() != text)
        {
            return false;
        }

        Take(text);
        return true;
    }

    /// <summary>Takes a colon.</summary>
    public void Colon()
    {
        string text = Take("':'");
        if (text != ":")
        {
            throw Error($"':' is expected; found '{FileLimits.Shown(text)}'.");
        }
    }

    /// <summary>Takes a finite number; its sign may stand apart.</summary>
    /// <param name="expected">What it is, for messages.</param>
    public double Number(string expected)
    {
        string text = Take(expected);
        if (text is "+" or "-")
        {
            text += Take(expected);
        }

        // Nothing but digits, signs, point and exponent: the parser would take names of infinities too.
        bool plain = text.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E');
        return plain && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw Error($"{expected} is expected; found '{FileLimits.Shown(text)}'.");
    }

    /// <summary>Takes a probability.</summary>
    public double Probability()
    {
        double p = Number("a probability");
        return p is >= 0.0 and <= 1.0 + FiniteRows.Tolerance ? p : throw Error(FormattableString.Invariant($"{p} is no probability."));
    }

    /// <summary>What is wrong on the current line.</summary>
    public FiniteFileException Error(string problem) => new(file, Line, problem);

    private (string? Text, long Line) Scan()
    {
        int c = Read();
        while (c >= 0 && (char.IsWhiteSpace((char)c) || c == '#'))
        {
            while (c == '#')
            {
                do
                {
                    c = Read();
                }
                while (c >= 0 && c != '\n');
            }

            c = c < 0 ? c : Read();
        }

        long start = line;
        if (c < 0)
        {
            return (null, start);
        }

        if (c is ':' or '*')
        {
            return (c == ':' ? ":" : "*", start);
        }

        word.Clear();
        for (; c >= 0 && !char.IsWhiteSpace((char)c) && c is not (':' or '*' or '#'); c = Read())
        {
            if (char.IsControl((char)c) || c == '\uFFFD')
            {
                throw new FiniteFileException(file, start, "it is not text.");
            }

            if (word.Append((char)c).Length > FileLimits.Word)
            {
                throw new FiniteFileException(file, start, $"a word is longer than {FileLimits.Word} characters: '{FileLimits.Shown(word.ToString())}'.");
            }
        }

        Unread(c);
        return (word.ToString(), start);
    }

    private int Read()
    {
        if (position == filled)
        {
            (position, filled) = (0, reader.Read(buffer));
            if (filled == 0)
            {
                return -1;
            }
        }

        char c = buffer[position++];
        line += c == '\n' ? 1 : 0;
        return c;
    }

    private void Unread(int c)
    {
        if (c >= 0)
        {
            position--;
            line -= c == '\n' ? 1 : 0;
        }
    }
}
