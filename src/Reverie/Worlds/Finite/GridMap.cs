namespace Reverie.Worlds.Finite;

/// <summary>What moves bring in a <see cref="GridMap"/>.</summary>
internal sealed record GridRules
{
    /// <summary>γ.</summary>
    public double Discount { get; init; } = 0.95;

    /// <summary>Probability that a move goes to one of the two sides instead, each half as likely.</summary>
    public double Slip { get; init; }

    /// <summary>Reward of coming to, or staying in, a cell without a reward of its own.</summary>
    public double StepReward { get; init; }

    /// <summary>Reward of coming to a goal, G.</summary>
    public double GoalReward { get; init; } = 1.0;

    /// <summary>Reward of falling into a hole, H.</summary>
    public double HoleReward { get; init; }

    /// <summary>Rewards of coming to, or staying in, the cells 0 to 9, <c>[10]</c>.</summary>
    public IReadOnlyList<double> DigitRewards { get; init; } = new double[10];
}

/// <summary>
/// A grid world drawn as text: S start, G goal, H hole, # wall, . free, 0 to 9 free with rewards of their own. Actions: up, down, right, left; who
/// bumps into a wall or the edge stays. Goals and holes are terminal. Without an S every free cell is as likely a start.
/// </summary>
internal static class GridMap
{
    /// <summary>The characters of a map.</summary>
    public const string Alphabet = "SGH#.0123456789";

    private static readonly (int Rows, int Columns)[] Moves = [(-1, 0), (1, 0), (0, 1), (0, -1)];

    /// <summary>The cells that are no wall in at least one of some maps of the same size, row by row: the states.</summary>
    public static int[] FreeCells(params string[][] maps)
    {
        int columns = maps[0][0].Length;
        return [.. Enumerable.Range(0, maps[0].Length * columns).Where(cell => maps.Any(map => map[cell / columns][cell % columns] != '#'))];
    }

    /// <summary>Where the states of a map are.</summary>
    public static GridLayout Layout(string[] map, int[] cells) => new(map.Length, map[0].Length, cells, Moves);

    /// <summary>The process of a map. A state whose cell is a wall cannot be come to; who is there walks out.</summary>
    /// <param name="map">Rows of equal length.</param>
    /// <param name="cells">The cell of each state, rising.</param>
    /// <param name="rules">What moves bring.</param>
    public static FiniteMdp Build(string[] map, int[] cells, GridRules rules)
    {
        int columns = map[0].Length;
        var states = new int[map.Length * columns];
        Array.Fill(states, -1);
        for (int s = 0; s < cells.Length; s++)
        {
            states[cells[s]] = s;
        }

        var rows = new FiniteRows(cells.Length, Moves.Length, 4 * cells.Length) { ActionNames = ["up", "down", "right", "left"] };
        foreach (int cell in cells)
        {
            for (int a = 0; a < Moves.Length; a++)
            {
                if (map[cell / columns][cell % columns] is not ('G' or 'H'))
                {
                    // Up and down have right and left to their sides, and these those.
                    int side = a < 2 ? 2 : 0;
                    Move(cell, a, 1.0 - rules.Slip);
                    Move(cell, side, 0.5 * rules.Slip);
                    Move(cell, side + 1, 0.5 * rules.Slip);
                }

                rows.EndRow();
            }
        }

        return rows.Build(Start(), rules.Discount);

        void Move(int cell, int direction, double probability)
        {
            int row = (cell / columns) + Moves[direction].Rows, column = (cell % columns) + Moves[direction].Columns;
            bool bumps = row < 0 || row >= map.Length || column < 0 || column >= columns || map[row][column] == '#';
            int next = bumps ? cell : (row * columns) + column;
            char there = map[next / columns][next % columns];
            double reward = there switch
            {
                'G' => rules.GoalReward,
                'H' => rules.HoleReward,
                >= '0' and <= '9' => rules.DigitRewards[there - '0'],
                _ => rules.StepReward,
            };
            rows.Add(states[next], probability, reward, there is 'G' or 'H');
        }

        double[] Start()
        {
            bool marked = map.Any(row => row.Contains('S'));
            var start = Array.ConvertAll(cells, cell => (marked ? map[cell / columns][cell % columns] == 'S' : map[cell / columns][cell % columns] is not ('G' or 'H' or '#')) ? 1.0 : 0.0);
            double count = start.Sum();
            return Array.ConvertAll(start, p => p / count);
        }
    }
}
