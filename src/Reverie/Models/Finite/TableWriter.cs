using Reverie.Worlds.Finite;

namespace Reverie.Models.Finite;

/// <summary>Writes the rows of a model, whose numbers need no check, as a <see cref="FiniteMdp"/>. The same outcome may come twice.</summary>
internal sealed class TableWriter
{
    private readonly int states;
    private readonly int actions;
    private readonly int[] rowStart;
    private readonly int[] rowLive;
    private readonly double[] rewards;
    private readonly double[] live;
    private readonly double[] ended;
    private readonly List<int> touched = [];
    private readonly List<int> successors = [];
    private readonly List<double> probabilities = [];
    private int rows;

    public TableWriter(int states, int actions)
    {
        (this.states, this.actions) = (states, actions);
        (rowStart, rowLive, rewards) = (new int[(states * actions) + 1], new int[states * actions], new double[states * actions]);
        (live, ended) = (new double[states], new double[states]);
    }

    /// <summary>Adds to the probability of an outcome of the current row.</summary>
    /// <param name="code">s', or ~s' where the task ends.</param>
    /// <param name="probability">What is added; above 0.</param>
    public void Add(int code, double probability)
    {
        ref double sum = ref (code >= 0 ? ref live[code] : ref ended[~code]);
        if (sum == 0)
        {
            touched.Add(code);
        }

        sum += probability;
    }

    /// <summary>Ends the current row, whose probabilities are divided by their sum.</summary>
    public void EndRow(double reward)
    {
        double total = 0;
        foreach (int code in touched)
        {
            total += code >= 0 ? live[code] : ended[~code];
        }

        Write(live, total, terminated: false);
        rowLive[rows] = successors.Count;
        Write(ended, total, terminated: true);
        rewards[rows] = reward;
        rowStart[++rows] = successors.Count;
        touched.Clear();
    }

    public FiniteMdp Build(double discount)
    {
        var start = new double[states];
        Array.Fill(start, 1.0 / states);
        return new FiniteMdp(new FiniteTables(actions, rowStart, rowLive, [.. successors], [.. probabilities], rewards, []), start, discount, null, null);
    }

    private void Write(double[] sums, double total, bool terminated)
    {
        foreach (int code in touched)
        {
            if (code < 0 == terminated)
            {
                int next = terminated ? ~code : code;
                successors.Add(next);
                probabilities.Add(sums[next] / total);
                sums[next] = 0;
            }
        }
    }
}
