using System.Buffers;
using System.Globalization;
using System.Text;

namespace Reverie.Worlds.Finite.Formats;

/// <summary>Reads a map of a grid world: lines <c>key: value</c>, then the rows of the map. Lines that begin with <c>;</c> are comments.</summary>
internal sealed class MapReader(string file, TextReader reader)
{
    private const int MostCells = FileLimits.Rows / 4;

    private static readonly SearchValues<char> Cells = SearchValues.Create(GridMap.Alphabet);

    private readonly HashSet<string> given = [];
    private readonly double[] digits = new double[10];
    private GridRules rules = new();
    private int maxSteps = FiniteFile.DefaultMaxSteps;
    private long line;

    /// <summary>Reads to the end.</summary>
    public FiniteProblem Read()
    {
        List<string> map = [];
        while (ReadLine() is { } text)
        {
            if (text.Length == 0 || text[0] == ';')
            {
                continue;
            }

            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon >= 0 && map.Count == 0)
            {
                Setting(text[..colon].Trim(), text[(colon + 1)..].Trim());
            }
            else
            {
                map.Add(Row(text, map));
            }
        }

        string[] cells = [.. map];
        if (!cells.Any(row => row.Any(c => c is not ('#' or 'G' or 'H'))))
        {
            throw new FiniteFileException(file, null, "the map has no free cell.");
        }

        int[] free = GridMap.FreeCells(cells);
        var mdp = GridMap.Build(cells, free, rules with { DigitRewards = digits });
        return FiniteSpecs.Problem(Path.GetFileNameWithoutExtension(file), mdp, maxSteps, GridMap.Layout(cells, free));
    }

    private string Row(string text, List<string> map)
    {
        int wrong = text.AsSpan().IndexOfAnyExcept(Cells);
        if (wrong >= 0)
        {
            throw Error($"'{FileLimits.Shown(text[wrong].ToString())}' in column {wrong + 1} is none of the map's characters {GridMap.Alphabet}.");
        }

        if (map.Count > 0 && map[0].Length != text.Length)
        {
            throw Error($"the row has {text.Length} cells; the first one has {map[0].Length}.");
        }

        return (map.Count + 1L) * text.Length <= MostCells ? text : throw Error($"the map has more than {MostCells} cells.");
    }

    private void Setting(string key, string text)
    {
        if (!given.Add(key))
        {
            throw Error($"'{FileLimits.Shown(key)}' is given twice.");
        }

        switch (key)
        {
            case "discount":
                rules = rules with { Discount = Number(key, text, 0.0, 1.0) is > 0.0 and var discount ? discount : throw Error("discount must be above 0.") };
                break;
            case "slip":
                rules = rules with { Slip = Number(key, text, 0.0, 1.0) };
                break;
            case "stepReward":
                rules = rules with { StepReward = Number(key, text) };
                break;
            case "goalReward":
                rules = rules with { GoalReward = Number(key, text) };
                break;
            case "holeReward":
                rules = rules with { HoleReward = Number(key, text) };
                break;
            case "maxSteps":
                maxSteps = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int steps) && steps > 0
                    ? steps
                    : throw Error($"maxSteps must be a whole number above 0; found '{FileLimits.Shown(text)}'.");
                break;
            case [>= '0' and <= '9' and var digit]:
                digits[digit - '0'] = Number(key, text);
                break;
            default:
                throw Error($"'{FileLimits.Shown(key)}' is no setting; there are discount, slip, stepReward, goalReward, holeReward, maxSteps and the digits 0 to 9.");
        }
    }

    private double Number(string key, string text, double low = double.MinValue, double high = double.MaxValue) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= low && number <= high
            ? number
            : throw Error($"{key} must be {(low > double.MinValue ? FormattableString.Invariant($"a number from {low} to {high}") : "a number")}; found '{FileLimits.Shown(text)}'.");

    /// <summary>The next line without the white space at its end; null at the end of the file.</summary>
    private string? ReadLine()
    {
        line++;
        var text = new StringBuilder();
        int c = reader.Read();
        if (c < 0)
        {
            return null;
        }

        for (; c is >= 0 and not '\n'; c = reader.Read())
        {
            if (text.Append((char)c).Length > FileLimits.MapLine)
            {
                throw Error($"the line is longer than {FileLimits.MapLine} characters.");
            }
        }

        return text.ToString().TrimEnd();
    }

    private FiniteFileException Error(string problem) => new(file, line, problem);
}
