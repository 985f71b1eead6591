namespace Reverie.Planning.Control;

/// <summary>
/// min ½ δᵀH δ + qᵀδ with low ≤ u + δ ≤ high by the projected Newton method (Tassa, Mansard, Todorov 2014, section III-B; Bertsekas 1982): components at a limit that the
/// gradient pushes against are clamped, a Newton step is taken in the others, and its projection is searched backwards.
/// </summary>
/// <remarks>Allocates only when it is made. H is positive definite.</remarks>
internal sealed unsafe class BoxQuadraticProgram(int m)
{
    private const int MaxIterations = 100;
    private const double SufficientDecrease = 0.1, AtLimit = 1e-12;

    private readonly double[] gradient = new double[m], direction = new double[m], trial = new double[m], factor = new double[m * m];
    private readonly bool[] free = new bool[m];

    /// <summary>Solves.</summary>
    /// <param name="H">H, <paramref name="stride"/> apart a row.</param>
    /// <param name="stride">Columns from one row to the next.</param>
    /// <param name="q">q, <c>[m]</c>.</param>
    /// <param name="u">u, <c>[m]</c>.</param>
    /// <param name="low">The least u + δ, <c>[m]</c>.</param>
    /// <param name="high">The greatest u + δ, <c>[m]</c>.</param>
    /// <param name="delta">Where to start; receives δ, <c>[m]</c>.</param>
    /// <returns>Which components are free, not clamped; it changes with the next call.</returns>
    public ReadOnlySpan<bool> Solve(double* H, int stride, double* q, double* u, double* low, double* high, double* delta)
    {
        for (int i = 0; i < m; i++)
        {
            delta[i] = Math.Clamp(delta[i], low[i] - u[i], high[i] - u[i]);
        }

        double cost = Cost(H, stride, q, delta);
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            Free(H, stride, q, u, low, high, delta);
            double scale = 0.0, norm = 0.0;
            for (int i = 0; i < m; i++)
            {
                scale = Math.Max(scale, Math.Abs(q[i]));
                norm = free[i] ? Math.Max(norm, Math.Abs(gradient[i])) : norm;
            }

            if (norm <= 1e-13 * scale)
            {
                return free;
            }

            // δ_f ← δ_f − H_ff⁻¹ gradient_f, as far as it decreases the cost once projected.
            Newton(H, stride);
            double step = 1.0;
            while (true)
            {
                double promised = 0.0;
                for (int i = 0; i < m; i++)
                {
                    trial[i] = free[i] ? Math.Clamp(delta[i] + (step * direction[i]), low[i] - u[i], high[i] - u[i]) : delta[i];
                    promised += gradient[i] * (trial[i] - delta[i]);
                }

                fixed (double* candidate = trial)
                {
                    double reached = Cost(H, stride, q, candidate);
                    if (reached - cost <= SufficientDecrease * promised)
                    {
                        bool same = promised == 0.0;
                        cost = reached;
                        trial.AsSpan().CopyTo(new Span<double>(delta, m));
                        if (same)
                        {
                            return free;
                        }

                        break;
                    }
                }

                step *= 0.6;
                if (step < 1e-20)
                {
                    return free;
                }
            }
        }

        return free;
    }

    private void Free(double* H, int stride, double* q, double* u, double* low, double* high, double* delta)
    {
        for (int i = 0; i < m; i++)
        {
            double sum = q[i];
            for (int j = 0; j < m; j++)
            {
                sum += H[(i * stride) + j] * delta[j];
            }

            gradient[i] = sum;

            // As good as at a limit is at the limit: what is left of the way there cannot be seen to decrease the cost.
            double least = low[i] - u[i], most = high[i] - u[i], slack = AtLimit * (most - least);
            bool clamped = (delta[i] <= least + slack && sum > 0.0) || (delta[i] >= most - slack && sum < 0.0);
            delta[i] = !clamped ? delta[i] : sum > 0.0 ? least : most;
            free[i] = !clamped;
        }
    }

    private double Cost(double* H, int stride, double* q, double* delta)
    {
        double cost = 0.0;
        for (int i = 0; i < m; i++)
        {
            double sum = q[i];
            for (int j = 0; j < m; j++)
            {
                sum += 0.5 * H[(i * stride) + j] * delta[j];
            }

            cost += delta[i] * sum;
        }

        return cost;
    }

    /// <summary>direction_f = −H_ff⁻¹ gradient_f by elimination, 0 elsewhere.</summary>
    private void Newton(double* H, int stride)
    {
        for (int i = 0; i < m; i++)
        {
            direction[i] = free[i] ? -gradient[i] : 0.0;
            for (int j = 0; j < m; j++)
            {
                factor[(i * m) + j] = free[i] && free[j] ? H[(i * stride) + j] : i == j ? 1.0 : 0.0;
            }
        }

        for (int a = 0; a < m; a++)
        {
            double inverse = 1.0 / factor[(a * m) + a];
            for (int b = a + 1; b < m; b++)
            {
                double multiple = factor[(b * m) + a] * inverse;
                for (int j = a; j < m; j++)
                {
                    factor[(b * m) + j] -= multiple * factor[(a * m) + j];
                }

                direction[b] -= multiple * direction[a];
            }
        }

        for (int a = m - 1; a >= 0; a--)
        {
            for (int b = a + 1; b < m; b++)
            {
                direction[a] -= factor[(a * m) + b] * direction[b];
            }

            direction[a] /= factor[(a * m) + a];
        }
    }
}
