namespace Reverie.Planning.Control;

/// <content>The minimum of Q over the action: damping, elimination, and limits.</content>
internal sealed unsafe partial class BackwardPass<TRow>
{
    private bool TryMinimize(double* F, double* Q, double* q, double* R, double* K, double* k, double* u, double* low, double* high, double damping, Damping kind)
    {
        int S = TRow.Width;
        Damp(F, Q, R, damping, kind);
        for (int a = 0; a < m; a++)
        {
            k[a] = q[n + a];
        }

        if (!TrySolve(R, k, all))
        {
            return false;
        }

        bool inside = true;
        for (int a = 0; a < m; a++)
        {
            k[a] = -k[a];
            inside &= u[a] + k[a] >= low[a] && u[a] + k[a] <= high[a];
        }

        if (!inside)
        {
            Damp(F, Q, R, damping, kind);
            var free = m == 1 ? clamped : box.Solve(R + n, S, q + n, u, low, high, k);
            if (m == 1)
            {
                k[0] = Math.Clamp(k[0], low[0] - u[0], high[0] - u[0]);
            }

            _ = TrySolve(R, null, free);
            for (int a = 0; a < m; a++)
            {
                if (!free[a])
                {
                    TRow.Store(default, R + (a * S));
                }
            }
        }

        for (int a = 0; a < m; a++)
        {
            TRow.Store(TRow.Multiply(-1.0, TRow.Load(R + (a * S))), K + (a * S));
        }

        return true;
    }

    /// <summary>R = the rows of Q that belong to actions, Qux and Quu side by side, with μ, or μ |Quu|, on the diagonal of Quu or, by way of the dynamics, μ on that of V'.</summary>
    private void Damp(double* F, double* Q, double* R, double damping, Damping kind)
    {
        int S = TRow.Width;
        for (int a = 0; a < m; a++)
        {
            var row = TRow.Load(Q + ((n + a) * S));
            for (int i = 0; kind == Damping.States && damping > 0.0 && i < n; i++)
            {
                row = TRow.MultiplyAdd(damping * F[(i * S) + n + a], TRow.Load(F + (i * S)), row);
            }

            // Whole rows: a single number written into one would not have arrived when the row is read.
            double added = kind == Damping.States ? 0.0 : kind == Damping.Relative ? damping * Math.Abs(Q[((n + a) * S) + n + a]) : damping;
            TRow.Store(added > 0.0 ? TRow.MultiplyAdd(added, units[a], row) : row, R + (a * S));
        }
    }

    /// <summary>Elimination without exchanges, which is safe where Quu is positive definite: R becomes Quu⁻¹ R and y becomes Quu⁻¹ y, of the free actions alone.</summary>
    private bool TrySolve(double* R, double* y, ReadOnlySpan<bool> free)
    {
        int S = TRow.Width;
        for (int a = 0; a < m; a++)
        {
            if (!free[a])
            {
                continue;
            }

            double pivot = R[(a * S) + n + a];
            if (!(pivot > 0.0) || double.IsInfinity(pivot))
            {
                return false;
            }

            double inverse = 1.0 / pivot;
            var row = TRow.Multiply(inverse, TRow.Load(R + (a * S)));
            TRow.Store(row, R + (a * S));
            if (y != null)
            {
                y[a] *= inverse;
            }

            for (int b = 0; b < m; b++)
            {
                if (b != a && free[b])
                {
                    double factor = -R[(b * S) + n + a];
                    TRow.Store(TRow.MultiplyAdd(factor, row, TRow.Load(R + (b * S))), R + (b * S));
                    if (y != null)
                    {
                        y[b] += factor * y[a];
                    }
                }
            }
        }

        return true;
    }
}
