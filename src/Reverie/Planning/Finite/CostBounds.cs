using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>
/// For undiscounted problems in which going on for ever costs and every state can reach the end. With h ≥ c + maxₐ r + Σ p h for some c above 0, V − h is the
/// value of a problem whose every step costs at least c: r + Σ p h − h ≤ −c. There, with V − δ ≤ TV ≤ V + δ', V c/(c − δ) ≤ V* ≤ V c/(c + δ'), as V·k is
/// then below or above its own backup (k V ≤ T(k V) for the first).
/// </summary>
/// <remarks>Where every step costs anyhow h = 0; else it is the value under rewards that are greater by half of what it costs to stay (Ng, Harada, Russell 1999, on potentials).</remarks>
internal sealed class CostBounds : ErrorBounds
{
    private const double Rounding = 4.5e-16;

    private readonly double cost;
    private readonly double[] potential;
    private readonly double norm;

    private CostBounds(double cost, double[] potential)
    {
        (this.cost, this.potential, norm) = (cost, potential, Residual.NormOf(potential));
    }

    /// <summary>Bounds; null where no potential is found.</summary>
    /// <param name="mdp">The process; undiscounted.</param>
    /// <param name="stayCost">The least cost, above 0, of a step after which a policy may still stay from the end for ever.</param>
    /// <param name="workers">Threads that share sweeps.</param>
    /// <param name="cancel">Ends the work.</param>
    public static CostBounds? For(FiniteMdp mdp, double stayCost, Workers? workers, CancellationToken cancel)
    {
        double least = double.PositiveInfinity;
        for (int s = 0; s < mdp.States; s++)
        {
            for (int a = 0; a < mdp.Actions && !mdp.IsTerminal(s); a++)
            {
                least = Math.Min(least, -mdp.Rewards[mdp.Row(s, a)]);
            }
        }

        if (least > 0)
        {
            return new CostBounds(least, new double[mdp.States]);
        }

        // h + excess ≥ ½ c + maxₐ r + Σ p h; with an eighth of c for the excess, and as much for rounding, a quarter is left.
        double[] rewards = [.. mdp.Rewards];
        for (int row = 0; row < rewards.Length; row++)
        {
            rewards[row] += 0.5 * stayCost;
        }

        return AlmostAbove(mdp, rewards, 0.125 * stayCost, workers, cancel) is { } h ? new CostBounds(0.25 * stayCost, h.Values) : null;
    }

    /// <summary>The greatest value, up to <paramref name="value"/>, that a state may have.</summary>
    public double Clip(int state, double value) => Math.Min(value, potential[state]);

    /// <summary>From V ≤ TV to values that are so by more than rounding: V − h, which is below 0, grows.</summary>
    public void Lower(double[] values)
    {
        for (int s = 0; s < values.Length; s++)
        {
            values[s] = potential[s] + ((values[s] - potential[s]) * (1.0 + 1e-9));
        }
    }

    public override double HalfWidth(in Residual residual)
    {
        var (low, high) = Factors(residual);
        double most = residual.Norm + residual.Change + norm;
        return (0.5 * (low - high) * most) + (Rounding * most);
    }

    public override void Fill(in Residual residual, double[] before, double[] after, double[] lower, double[] upper)
    {
        var (low, high) = Factors(residual);
        for (int s = 0; s < after.Length; s++)
        {
            double h = potential[s], below = before[s] - h, error = Rounding * (Math.Abs(h) + Math.Abs(before[s]));
            lower[s] = below < 0 ? h + (below * low) - error : double.NegativeInfinity;
            upper[s] = h + (below * high) + error;
        }
    }

    private (double Low, double High) Factors(in Residual residual)
    {
        const double Up = 1.0 + 1e-15, Down = 1.0 - 1e-15;
        double fall = Math.Max(0.0, residual.Rounding - residual.Low), rise = Math.Max(0.0, residual.High + residual.Rounding);
        return (fall < cost ? cost / (cost - fall) * Up : double.PositiveInfinity, cost / (cost + rise) * Down);
    }
}
