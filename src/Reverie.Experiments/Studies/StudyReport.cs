using System.Globalization;
using System.Text;
using Reverie.Experiments.Reports;
using Reverie.Numerics;

namespace Reverie.Experiments.Studies;

/// <summary>A number of a table, with how far it spreads.</summary>
/// <param name="Value">Mean or median; NaN where there is none.</param>
/// <param name="Low">Lower end of the spread, or NaN.</param>
/// <param name="High">Upper end of the spread, or NaN.</param>
public readonly record struct StudyCell(double Value, double Low = double.NaN, double High = double.NaN)
{
    /// <summary>Mean of a sample, ± its standard error.</summary>
    public static StudyCell Mean(IReadOnlyCollection<double> sample)
    {
        double mean = sample.Average();
        double error = sample.Count < 2 ? double.NaN : Math.Sqrt(sample.Sum(x => (x - mean) * (x - mean)) / (sample.Count - 1) / sample.Count);
        return new StudyCell(mean, mean - error, mean + error);
    }

    /// <summary>Median of a sample, between its quartiles. Infinite numbers count as such.</summary>
    public static StudyCell Median(IEnumerable<double> sample)
    {
        double[] sorted = [.. sample.Order()];
        return new StudyCell(Quantile(sorted, 0.5), Quantile(sorted, 0.25), Quantile(sorted, 0.75));
    }

    /// <summary>The quantile of an ascending sample that may hold infinite numbers.</summary>
    internal static double Quantile(double[] sorted, double p)
    {
        double position = p * (sorted.Length - 1);
        return double.IsFinite(sorted[(int)Math.Ceiling(position)]) ? Series.Quantile(sorted, p) : sorted[(int)Math.Round(position)];
    }

    /// <summary>E.g. <c>16.9 ± 0.1</c>, <c>12 (8 to 20)</c>, <c>never</c>.</summary>
    internal string Text(bool aroundMean)
    {
        if (double.IsNaN(Value))
        {
            return "–";
        }

        if (double.IsPositiveInfinity(Value))
        {
            return "never";
        }

        return double.IsNaN(Low) ? Number(Value)
            : aroundMean ? $"{Number(Value)} ± {Number(High - Value)}"
            : $"{Number(Value)} ({Number(Low)} to {(double.IsPositiveInfinity(High) ? "never" : Number(High))})";
    }

    internal static string Number(double value) => value == 0 ? "0"
        : Math.Abs(value) >= 1e5 ? value.ToString("#,0", CultureInfo.InvariantCulture)
        : Math.Abs(value) >= 1 ? value.ToString(Math.Abs(value) >= 1000 ? "#,0" : Math.Abs(value) >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture)
        : value.ToString("G2", CultureInfo.InvariantCulture);
}

/// <summary>A row of a table.</summary>
/// <param name="Label">What it is of.</param>
/// <param name="Cells">Its numbers, one a column.</param>
public sealed record StudyRow(string Label, IReadOnlyList<StudyCell> Cells);

/// <summary>A table of a study.</summary>
/// <param name="Heading">A line above it that says what the numbers are, and over how many seeds.</param>
/// <param name="Corner">What the rows are.</param>
/// <param name="Columns">What the columns are.</param>
/// <param name="Rows">The rows.</param>
/// <param name="AroundMean">Spreads are standard errors around a mean; otherwise quartiles around a median.</param>
public sealed record StudyTable(string Heading, string Corner, IReadOnlyList<string> Columns, IReadOnlyList<StudyRow> Rows, bool AroundMean);

/// <summary>What came of a study.</summary>
/// <param name="Name">The study's name.</param>
/// <param name="Title">What it asks.</param>
/// <param name="Seeds">Seeds of each agent, 1 to this number.</param>
/// <param name="Tables">Its tables.</param>
public sealed record StudyReport(string Name, string Title, int Seeds, IReadOnlyList<StudyTable> Tables)
{
    /// <summary>Its figures.</summary>
    internal IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>The tables as Markdown.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        foreach (var table in Tables)
        {
            text.Append(table.Heading).Append("\n\n| ").Append(table.Corner).Append(" | ").AppendJoin(" | ", table.Columns).Append(" |\n|---|");
            text.Insert(text.Length, "---:|", table.Columns.Count).Append('\n');
            foreach (var row in table.Rows)
            {
                text.Append("| ").Append(row.Label).Append(" | ").AppendJoin(" | ", row.Cells.Select(c => c.Text(table.AroundMean))).Append(" |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Writes tables and figures into a folder, which is made where it is missing.</summary>
    /// <returns>The files written.</returns>
    /// <exception cref="IOException">The folder or a file cannot be written.</exception>
    public IReadOnlyList<string> Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var files = new List<string>();
        Add($"{Name}.md", Encoding.UTF8.GetBytes($"# {Title}\n\n{Markdown()}"));
        foreach (var figure in Figures)
        {
            Add(figure.Name + ".png", figure.ToPng());
            Add(figure.Name + ".svg", Encoding.UTF8.GetBytes(figure.ToSvg()));
        }

        return files;

        void Add(string name, byte[] content)
        {
            string path = Path.Combine(folder, name);
            AtomicFile.Write(path, stream => stream.Write(content));
            files.Add(path);
        }
    }
}
