using System.ComponentModel.DataAnnotations;

namespace Reverie.Worlds.Finite;

/// <summary>What <c>frozen-lake</c> and <c>frozen-lake-8x8</c> share.</summary>
public abstract record FrozenLakeRules
{
    /// <summary>Whether a move goes astray to either side, each as often as it goes where it should. Default true.</summary>
    public bool Slippery { get; init; } = true;

    /// <summary>γ. Default 0.99, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.99;
}

/// <summary>Options of <c>frozen-lake</c>.</summary>
public sealed record FrozenLakeOptions : FrozenLakeRules
{
    /// <summary>Steps after which an episode is truncated. Default 100, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 100;
}

/// <summary>Options of <c>frozen-lake-8x8</c>.</summary>
public sealed record FrozenLake8x8Options : FrozenLakeRules
{
    /// <summary>Steps after which an episode is truncated. Default 200, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 200;
}

/// <summary>
/// <c>frozen-lake</c>, <c>frozen-lake-8x8</c>: Gymnasium's FrozenLake-v1. Cross a frozen lake from the upper left to the goal at the lower right without
/// falling into a hole. Actions 0 to 3: left, down, right, up. Reward 1 on arriving; ends there and in holes.
/// </summary>
/// <remarks>State: row · columns + column. On slippery ice a move goes where it should, or to either side, each with probability 1/3; the edge holds.</remarks>
public static class FrozenLake
{
    private static readonly (int Rows, int Columns)[] Moves = [(0, -1), (1, 0), (0, 1), (-1, 0)];

    private static readonly string[] Small =
    [
        "SFFF",
        "FHFH",
        "FFFH",
        "HFFG",
    ];

    private static readonly string[] Large =
    [
        "SFFFFFFF",
        "FFFFFFFF",
        "FFFHFFFF",
        "FFFFFHFF",
        "FFFHFFFF",
        "FHHFFFHF",
        "FHFFHFHF",
        "FFFHFFFG",
    ];

    /// <summary>The lake of four rows and columns.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(FrozenLakeOptions options)
    {
        OptionRanges.Checked(options);
        return Create("frozen-lake", Small, options, options.MaxSteps);
    }

    /// <summary>The lake of eight rows and columns.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(FrozenLake8x8Options options)
    {
        OptionRanges.Checked(options);
        return Create("frozen-lake-8x8", Large, options, options.MaxSteps);
    }

    private static FiniteProblem Create(string name, string[] map, FrozenLakeRules rules, int maxSteps)
    {
        int size = map.Length;
        var rows = new FiniteRows(size * size, Moves.Length) { ActionNames = ["left", "down", "right", "up"] };
        for (int s = 0; s < size * size; s++)
        {
            for (int a = 0; a < Moves.Length; a++)
            {
                if (map[s / size][s % size] is 'G' or 'H')
                {
                    rows.Add(s, 1.0, 0.0, terminated: true);
                }
                else if (rules.Slippery)
                {
                    Slide(s, (a + 3) % 4, 1.0 / 3.0);
                    Slide(s, a, 1.0 / 3.0);
                    Slide(s, (a + 1) % 4, 1.0 / 3.0);
                }
                else
                {
                    Slide(s, a, 1.0);
                }

                rows.EndRow();
            }
        }

        var start = new double[size * size];
        start[0] = 1.0;
        return FiniteSpecs.Problem(name, rows.Build(start, rules.Discount), maxSteps, new GridLayout(size, size, [.. Enumerable.Range(0, size * size)], Moves));

        void Slide(int s, int direction, double probability)
        {
            int row = Math.Clamp((s / size) + Moves[direction].Rows, 0, size - 1), column = Math.Clamp((s % size) + Moves[direction].Columns, 0, size - 1);
            char cell = map[row][column];
            rows.Add((row * size) + column, probability, cell == 'G' ? 1.0 : 0.0, cell is 'G' or 'H');
        }
    }
}
