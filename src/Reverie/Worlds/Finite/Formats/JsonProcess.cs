using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Reverie.Worlds.Finite.Formats;

/// <summary>Reads and writes processes as JSON: one object with the keys name, states, actions, gamma, columns, transitions, start and some optional ones.</summary>
internal static class JsonProcess
{
    private static readonly string[] Columns = ["state", "action", "next", "probability", "reward", "terminated"];

    /// <summary>Reads a world.</summary>
    public static FiniteProblem Read(string file, Stream stream)
    {
        var content = new JsonContent(file, new JsonTokens(file, stream), Columns);
        content.Read();
        return FiniteSpecs.Problem(content.Name ?? Path.GetFileNameWithoutExtension(file), content.Build(), content.MaxSteps);
    }

    /// <summary>Writes a world's process. Numbers are the shortest that read back exactly.</summary>
    public static void Write(Stream stream, FiniteProblem problem)
    {
        var (spec, mdp) = problem;
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("{");
        writer.WriteLine($"\"name\": {Quoted(spec.Name)},");
        writer.WriteLine($"\"states\": {mdp.States},");
        writer.WriteLine($"\"actions\": {mdp.Actions},");
        writer.WriteLine($"\"gamma\": {Digits(mdp.Discount)},");
        writer.WriteLine($"\"maxSteps\": {spec.MaxSteps},");
        WriteNames("stateNames", mdp.StateNames);
        WriteNames("actionNames", mdp.ActionNames);
        writer.WriteLine($"\"columns\": [{string.Join(", ", Columns.Select(Quoted))}],");
        writer.WriteLine("\"transitions\": [");
        for (int row = 0; row < mdp.States * mdp.Actions; row++)
        {
            for (int i = mdp.RowStart[row]; i < mdp.RowStart[row + 1]; i++)
            {
                double reward = mdp.OutcomeRewards.IsEmpty ? mdp.Rewards[row] : mdp.OutcomeRewards[i];
                writer.Write($"[{row / mdp.Actions}, {row % mdp.Actions}, {mdp.Successors[i]}, {Digits(mdp.Probabilities[i])}, {Digits(reward)}, {(i >= mdp.RowLive[row] ? 1 : 0)}]");
                writer.WriteLine(i + 1 < mdp.Outcomes ? "," : "");
            }
        }

        writer.WriteLine("],");
        writer.Write("\"start\": [");
        for (int s = 0; s < mdp.States; s++)
        {
            writer.Write(s == 0 ? Digits(mdp.Start[s]) : $", {Digits(mdp.Start[s])}");
        }

        writer.WriteLine("]");
        writer.WriteLine("}");

        void WriteNames(string key, IReadOnlyList<string>? names)
        {
            if (names is not null)
            {
                writer.WriteLine($"\"{key}\": [{string.Join(", ", names.Select(Quoted))}],");
            }
        }
    }

    private static string Digits(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
