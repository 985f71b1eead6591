using System.ComponentModel.DataAnnotations;

namespace Reverie.Worlds.Finite;

/// <summary>What the mazes share.</summary>
public abstract record MazeRules
{
    /// <summary>γ. Default 0.95, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.95;

    /// <summary>Steps after which an episode is truncated; the book has no limit. Default 10 000, range 1 to 100 000 000.</summary>
    [Range(1, 100_000_000)]
    public int MaxSteps { get; init; } = 10_000;
}

/// <summary>Options of <c>dyna-maze</c>.</summary>
public sealed record DynaMazeOptions : MazeRules
{
    /// <summary>Each cell becomes Scale × Scale cells; start and goal are the upper left one of theirs. Default 1, range 1 to 300.</summary>
    [Range(1, 300)]
    public int Scale { get; init; } = 1;
}

/// <summary>Options of <c>blocking-maze</c>.</summary>
public sealed record BlockingMazeOptions : MazeRules
{
    /// <summary>Steps after which the passage on the right is closed and one on the left opened. Default 1000, range 1 to 1 000 000 000.</summary>
    [Range(1, 1_000_000_000)]
    public int ChangeStep { get; init; } = 1000;
}

/// <summary>Options of <c>shortcut-maze</c>.</summary>
public sealed record ShortcutMazeOptions : MazeRules
{
    /// <summary>Steps after which a second, shorter passage is opened. Default 3000, range 1 to 1 000 000 000.</summary>
    [Range(1, 1_000_000_000)]
    public int ChangeStep { get; init; } = 3000;
}

/// <summary>
/// <c>dyna-maze</c>, <c>blocking-maze</c>, <c>shortcut-maze</c> (Sutton and Barto 2018, examples 8.1 to 8.3; the first after Sutton 1990): find the goal
/// of a maze of 6 × 9 cells. Actions 0 to 3: up, down, right, left. Reward 1 on arriving, which ends the episode; who bumps into a wall stays.
/// </summary>
/// <remarks>States number the cells that are free at any time, row by row: 47 in each of the three.</remarks>
public static class Mazes
{
    private static readonly string[] Dyna =
    [
        ".......#G",
        "..#....#.",
        "S.#....#.",
        "..#......",
        ".....#...",
        ".........",
    ];

    private static readonly string[] OpenRight = Wall("########.");
    private static readonly string[] OpenLeft = Wall(".########");
    private static readonly string[] OpenBoth = Wall(".#######.");

    /// <summary>The maze of example 8.1.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(DynaMazeOptions options)
    {
        OptionRanges.Checked(options);
        return Create("dyna-maze", options, Enlarged(Dyna, options.Scale), null, 0);
    }

    /// <summary>The maze of example 8.2, whose short way is blocked.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(BlockingMazeOptions options)
    {
        OptionRanges.Checked(options);
        return Create("blocking-maze", options, OpenRight, OpenLeft, options.ChangeStep);
    }

    /// <summary>The maze of example 8.3, where a shorter way opens.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(ShortcutMazeOptions options)
    {
        OptionRanges.Checked(options);
        return Create("shortcut-maze", options, OpenLeft, OpenBoth, options.ChangeStep);
    }

    private static FiniteProblem Create(string name, MazeRules options, string[] map, string[]? later, int changeStep)
    {
        var rules = new GridRules { Discount = options.Discount };
        int[] cells = later is null ? GridMap.FreeCells(map) : GridMap.FreeCells(map, later);
        FiniteChange[] changes = later is null ? [] : [new FiniteChange(changeStep, GridMap.Build(later, cells, rules))];
        return FiniteSpecs.Problem(name, GridMap.Build(map, cells, rules), options.MaxSteps, GridMap.Layout(map, cells), changes);
    }

    private static string[] Wall(string row) =>
    [
        "........G",
        ".........",
        ".........",
        row,
        ".........",
        "...S.....",
    ];

    private static string[] Enlarged(string[] map, int scale)
    {
        return [.. Enumerable.Range(0, map.Length * scale).Select(row => string.Concat(Enumerable.Range(0, map[0].Length * scale).Select(column => Cell(row, column))))];

        char Cell(int row, int column)
        {
            char cell = map[row / scale][column / scale];
            return cell is 'S' or 'G' && (row % scale != 0 || column % scale != 0) ? '.' : cell;
        }
    }
}
