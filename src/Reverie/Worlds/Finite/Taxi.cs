using System.ComponentModel.DataAnnotations;

namespace Reverie.Worlds.Finite;

/// <summary>Options of <c>taxi</c>.</summary>
public sealed record TaxiOptions
{
    /// <summary>γ. Default 0.99, range above 0 to 1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Discount { get; init; } = 0.99;

    /// <summary>Steps after which an episode is truncated. Default 200, range 1 to 1 000 000.</summary>
    [Range(1, 1_000_000)]
    public int MaxSteps { get; init; } = 200;
}

/// <summary>
/// <c>taxi</c>: Gymnasium's Taxi-v3 (Dietterich 2000). Fetch a passenger at one of four stands and set the passenger down at another. Actions 0 to 5:
/// south, north, east, west, pick up, set down. Reward −1 a step, −10 for picking up or setting down where that cannot be done, 20 for arriving.
/// </summary>
/// <remarks>
/// State: ((row · 5 + column) · 5 + passenger) · 4 + destination; the passenger waits at stand 0 to 3 (red, green, yellow, blue) or sits in the taxi, 4.
/// </remarks>
public static class Taxi
{
    private const int Size = 5, Stands = 4, Aboard = 4, PickUp = 4;

    private static readonly (int Rows, int Columns)[] Moves = [(1, 0), (-1, 0), (0, 1), (0, -1), (0, 0), (0, 0)];

    /// <summary>Cells of the stands.</summary>
    private static readonly int[] Stand = [0, 4, 20, 23];

    /// <summary>Cells with a wall to their east.</summary>
    private static readonly int[] Walls = [1, 6, 15, 20, 17, 22];

    /// <summary>The world under <paramref name="options"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static FiniteProblem Create(TaxiOptions options)
    {
        OptionRanges.Checked(options);
        const int States = Size * Size * (Stands + 1) * Stands;
        var rows = new FiniteRows(States, Moves.Length) { ActionNames = ["south", "north", "east", "west", "pick up", "set down"] };
        var (start, cells) = (new double[States], new int[States]);
        for (int s = 0; s < States; s++)
        {
            int cell = s / (Stands * (Stands + 1)), passenger = s / Stands % (Stands + 1), destination = s % Stands;
            cells[s] = cell;
            start[s] = passenger != Aboard && passenger != destination ? 1.0 / 300.0 : 0.0;
            for (int a = 0; a < Moves.Length; a++)
            {
                var (to, rider, reward) = a < PickUp ? (Drive(cell, a), passenger, -1.0)
                    : a == PickUp ? Load(cell, passenger)
                    : Unload(cell, passenger, destination);
                rows.Add((((to * (Stands + 1)) + rider) * Stands) + destination, 1.0, reward, reward > 0.0);
                rows.EndRow();
            }
        }

        return FiniteSpecs.Problem("taxi", rows.Build(start, options.Discount), options.MaxSteps, new GridLayout(Size, Size, cells, Moves));
    }

    private static int Drive(int cell, int action)
    {
        var (down, right) = Moves[action];
        if ((right > 0 && Walls.Contains(cell)) || (right < 0 && Walls.Contains(cell - 1)))
        {
            return cell;
        }

        return (Math.Clamp((cell / Size) + down, 0, Size - 1) * Size) + Math.Clamp((cell % Size) + right, 0, Size - 1);
    }

    private static (int Cell, int Passenger, double Reward) Load(int cell, int passenger) =>
        passenger != Aboard && Stand[passenger] == cell ? (cell, Aboard, -1.0) : (cell, passenger, -10.0);

    private static (int Cell, int Passenger, double Reward) Unload(int cell, int passenger, int destination)
    {
        int stand = Array.IndexOf(Stand, cell);
        return passenger != Aboard || stand < 0 ? (cell, passenger, -10.0) : (cell, stand, stand == destination ? 20.0 : -1.0);
    }
}
