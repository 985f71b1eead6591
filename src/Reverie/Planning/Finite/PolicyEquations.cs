using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>
/// Solves (I − γ P_π) V = r_π for a policy by BiCGSTAB (van der Vorst 1992) with the lower half of a Gauss-Seidel sweep as preconditioner, states ordered
/// from the goals outwards: the sweep settles long corridors, where Krylov steps go one state at a time, and the Krylov steps settle slow mixing, where sweeps do.
/// </summary>
internal sealed class PolicyEquations(FiniteMdp mdp, int[] order)
{
    private const int Restarts = 60;
    private const int Steps = 200;

    private readonly double[] r = new double[mdp.States];
    private readonly double[] shadow = new double[mdp.States];
    private readonly double[] p = new double[mdp.States];
    private readonly double[] direction = new double[mdp.States];
    private readonly double[] image = new double[mdp.States];
    private readonly double[] t = new double[mdp.States];

    /// <summary>Improves <paramref name="values"/> until the equations hold to within <paramref name="tolerance"/>, or rounding forbids more.</summary>
    /// <param name="rows">The row of each state, <c>[S]</c>.</param>
    /// <param name="values">V, <c>[S]</c>, a first guess; 0 in terminal states.</param>
    /// <param name="tolerance">The largest |r + γ P V − V| that is small enough.</param>
    /// <param name="cancel">Ends the work between two steps.</param>
    /// <returns>The largest |r + γ P V − V|.</returns>
    public double Solve(int[] rows, double[] values, double tolerance, CancellationToken cancel)
    {
        double best = Residual(rows, values), start = double.PositiveInfinity;
        var kept = (double[])values.Clone();
        for (int restart = 0; restart < Restarts && best > tolerance; restart++)
        {
            cancel.ThrowIfCancellationRequested();
            if (best > 0.5 * start)
            {
                // No progress: sweeps, which always make some, then another attempt.
                for (int i = 0; i < 20; i++)
                {
                    Relax(rows, values, reverse: i % 2 != 0);
                }

                Residual(rows, values);
            }

            start = best;
            Attempt(rows, values, tolerance, cancel);
            double now = Residual(rows, values);
            if (now < best)
            {
                best = now;
                values.CopyTo(kept, 0);
            }
            else
            {
                kept.CopyTo(values, 0);
            }

            if (restart >= 4 && best > 0.99 * start)
            {
                break;
            }
        }

        return best;
    }

    /// <summary>BiCGSTAB from the residual that <see cref="r"/> holds, names as in the paper.</summary>
    private void Attempt(int[] rows, double[] values, double tolerance, CancellationToken cancel)
    {
        r.CopyTo(shadow, 0);
        r.CopyTo(p, 0);
        double rho = Dot(shadow, r);
        for (int step = 0; step < Steps && rho != 0 && double.IsFinite(rho); step++)
        {
            cancel.ThrowIfCancellationRequested();
            Precondition(rows, p, direction);
            Apply(rows, direction, image);
            double alpha = rho / Dot(shadow, image);
            if (!double.IsFinite(alpha))
            {
                return;
            }

            AddTo(values, alpha, direction);
            AddTo(r, -alpha, image);
            if (Finite.Residual.NormOf(r) <= 0.5 * tolerance)
            {
                return;
            }

            Precondition(rows, r, direction);
            Apply(rows, direction, t);
            double omega = Dot(t, r) / Dot(t, t);
            if (!double.IsFinite(omega) || omega == 0)
            {
                return;
            }

            AddTo(values, omega, direction);
            AddTo(r, -omega, t);
            if (Finite.Residual.NormOf(r) <= 0.5 * tolerance)
            {
                return;
            }

            double next = Dot(shadow, r), beta = next / rho * (alpha / omega);
            for (int i = 0; i < p.Length; i++)
            {
                p[i] = r[i] + (beta * (p[i] - (omega * image[i])));
            }

            rho = next;
        }
    }

    /// <summary>r + γ P V − V into <see cref="r"/>; its largest entry.</summary>
    private double Residual(int[] rows, double[] values)
    {
        Apply(rows, values, r);
        for (int s = 0; s < r.Length; s++)
        {
            r[s] = mdp.IsTerminal(s) ? 0.0 : mdp.Rewards[rows[s]] - r[s];
        }

        return Finite.Residual.NormOf(r);
    }

    /// <summary>(I − γ P_π) x.</summary>
    private unsafe void Apply(int[] rows, double[] x, double[] result)
    {
        fixed (int* rowStart = mdp.RowStart, rowLive = mdp.RowLive, successors = mdp.Successors)
        fixed (double* probabilities = mdp.Probabilities, v = x)
        {
            for (int s = 0; s < result.Length; s++)
            {
                int start = rowStart[rows[s]];
                result[s] = v[s] - (mdp.Discount * BellmanSweep.Expect(probabilities + start, successors + start, rowLive[rows[s]] - start, v));
            }
        }
    }

    /// <summary>One sweep of Gauss-Seidel for (I − γ P_π) z = y, from z = 0.</summary>
    private void Precondition(int[] rows, double[] y, double[] z)
    {
        Array.Clear(z);
        foreach (int s in order)
        {
            z[s] = SolveState(rows[s], s, y[s], z);
        }
    }

    private void Relax(int[] rows, double[] values, bool reverse)
    {
        for (int i = 0; i < order.Length; i++)
        {
            int s = order[reverse ? order.Length - 1 - i : i];
            values[s] = SolveState(rows[s], s, mdp.Rewards[rows[s]], values);
        }
    }

    /// <summary>The value of one state that fulfils its equation, others' given.</summary>
    private unsafe double SolveState(int row, int state, double constant, double[] values)
    {
        double sum = 0, own = 0;
        int first = mdp.RowStart[row], last = mdp.RowLive[row];
        fixed (int* successors = mdp.Successors)
        fixed (double* probabilities = mdp.Probabilities, v = values)
        {
            for (int i = first; i < last; i++)
            {
                if (successors[i] == state)
                {
                    own += probabilities[i];
                }
                else
                {
                    sum += probabilities[i] * v[successors[i]];
                }
            }
        }

        return (constant + (mdp.Discount * sum)) / (1.0 - (mdp.Discount * own));
    }

    private static void AddTo(double[] sum, double factor, double[] x)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += factor * x[i];
        }
    }

    private static double Dot(double[] x, double[] y)
    {
        double even = 0, odd = 0;
        int i = 0;
        for (; i + 1 < x.Length; i += 2)
        {
            even += x[i] * y[i];
            odd += x[i + 1] * y[i + 1];
        }

        return i < x.Length ? even + (x[i] * y[i]) + odd : even + odd;
    }
}
