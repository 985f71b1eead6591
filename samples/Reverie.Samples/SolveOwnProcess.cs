using Reverie.Planning.Finite;
using Reverie.Worlds.Finite;

namespace Reverie.Samples;

/// <summary>
/// Solve a finite process of one's own: a machine earns less and less as it wears, and nothing once it has failed. In which condition should it be
/// replaced? The solver says how far its values can be from the optimal ones.
/// </summary>
public static class SolveOwnProcess
{
    /// <summary>Conditions, from new (0) to failed.</summary>
    public const int Conditions = 6;

    /// <summary>Probability that the machine gets into the next condition while it runs.</summary>
    public const double Wear = 0.3;

    /// <summary>What a new machine costs.</summary>
    public const double Price = 20.0;

    /// <summary>Weight of the next step's earnings against this one's.</summary>
    public const double Discount = 0.95;

    /// <summary>What the machine earns in a step.</summary>
    public static double Earnings(int condition) => condition < Conditions - 1 ? 10.0 - (2.0 * condition) : 0.0;

    /// <summary>The process: action 0 lets the machine run, action 1 replaces it.</summary>
    public static FiniteMdp Machine()
    {
        var builder = new FiniteMdpBuilder(states: Conditions, actions: 2) { ActionNames = ["run", "replace"] };
        for (int condition = 0; condition < Conditions; condition++)
        {
            int worse = Math.Min(condition + 1, Conditions - 1);
            builder.Add(condition, action: 0, next: condition, 1.0 - Wear, Earnings(condition));
            builder.Add(condition, action: 0, next: worse, Wear, Earnings(condition));
            builder.Add(condition, action: 1, next: 0, 1.0, -Price);
        }

        return builder.Build(start: [1.0, 0.0, 0.0, 0.0, 0.0, 0.0], Discount);
    }

    /// <summary>Values, their bounds and what to do in each condition.</summary>
    public static FiniteSolution Solve(double precision)
    {
        var solver = new ValueIteration(new ValueIterationOptions { Precision = precision });
        return solver.Solve(Machine(), workers: null, CancellationToken.None);
    }
}
