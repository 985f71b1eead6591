namespace Reverie.Worlds.Finite.Formats;

/// <summary>Where episodes start, as stated in a Cassandra file.</summary>
internal sealed class MdpStart
{
    /// <summary>Probabilities, or for listed states 1; null for all states alike that are not terminal.</summary>
    private double[]? given;
    private bool listed;
    private bool excluding;

    /// <summary>Reads a statement.</summary>
    /// <param name="tokens">Stand behind the word <c>start</c>.</param>
    /// <param name="states">The states.</param>
    /// <param name="ends">Whether the next words begin another statement.</param>
    public static MdpStart Read(MdpTokens tokens, MdpNames states, Func<bool> ends)
    {
        var start = new MdpStart { excluding = tokens.Try("exclude") };
        start.listed = start.excluding || tokens.Try("include");
        tokens.Colon();
        if (start.listed)
        {
            start.List(tokens, states, ends);
        }
        else if (!tokens.Try("uniform"))
        {
            start.given = Given(tokens, states);
        }

        return start;
    }

    /// <summary>The distribution.</summary>
    public double[] Weights(int count, MdpTransitions transitions)
    {
        bool living = given is null || excluding;
        double[] weights = [.. Enumerable.Range(0, count).Select(s => living && !transitions.AnyOf(s) ? 0.0 : given?[s] ?? 1.0)];
        double total = weights.Sum();
        return (given is null || listed) && total > 0.0 ? Array.ConvertAll(weights, w => w / total) : weights;
    }

    private void List(MdpTokens tokens, MdpNames states, Func<bool> ends)
    {
        given = new double[states.Count];
        Array.Fill(given, excluding ? 1.0 : 0.0);
        do
        {
            int state = states.Take(tokens);
            Array.Fill(given, excluding ? 0.0 : 1.0, Math.Max(state, 0), state < 0 ? states.Count : 1);
        }
        while (!ends());
    }

    /// <summary>One state, or the probabilities of all. A number that stands alone is a state's, unless there is only one.</summary>
    private static double[] Given(MdpTokens tokens, MdpNames states)
    {
        var given = new double[states.Count];
        string first = tokens.Peek() ?? "";
        bool number = first.Length > 0 && (char.IsAsciiDigit(first[0]) || first[0] is '.' or '+' or '-');
        bool alone = tokens.Peek(1) is null || tokens.Peek(2) == ":" || (tokens.Peek(1) == "start" && tokens.Peek(3) == ":");
        if (number && states.Count == 1)
        {
            given[0] = tokens.Number("a start") is 0.0 or 1.0 ? 1.0 : throw tokens.Error("the only state's probability is not 1.");
        }
        else if (alone || !number)
        {
            int state = states.Take(tokens);
            given[state >= 0 ? state : throw tokens.Error("'*' is no state to start in.")] = 1.0;
        }
        else
        {
            for (int s = 0; s < given.Length; s++)
            {
                given[s] = tokens.Probability();
            }
        }

        return given;
    }
}
