using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>The pass with rows of one type.</summary>
/// <typeparam name="TRow">A row of S columns.</typeparam>
internal sealed unsafe partial class BackwardPass<TRow> : BackwardPass
    where TRow : unmanaged, IRow<TRow>
{
    private const int Alignment = 8;

    private readonly int n, m, horizon;
    private readonly BoxQuadraticProgram box;
    private readonly double[] value;
    private readonly double[] rows;
    private readonly TRow[] units;
    private readonly bool[] all, clamped = [false];

    public BackwardPass(int stateSize, int actionSize, int steps)
        : base(stateSize, actionSize, steps, TRow.Width)
    {
        (n, m, horizon) = (stateSize, actionSize, steps);
        box = new BoxQuadraticProgram(m);
        value = new double[(n * n) + n];
        rows = new double[(((2 * n) + (3 * m) + 1) * TRow.Width) + Alignment];
        units = Units(n, m);
        all = new bool[m];
        Array.Fill(all, true);
    }

    /// <inheritdoc/>
    public override bool TryRun(
        TrajectoryExpansion expansion, Trajectory trajectory, ReadOnlySpan<double> gaps, ReadOnlySpan<double> low, ReadOnlySpan<double> high, double damping, Damping kind, double discount)
    {
        int S = TRow.Width, w = n + m;
        (Slope, Bend, FailedStep) = (0.0, 0.0, -1);
        fixed (double* V = value, Fs = expansion.Jacobians, gs = expansion.CostGradients, Hs = expansion.CostHessians, Hf = expansion.FinalHessian)
        fixed (double* Ks = Gains, ks = Feedforwards, Quus = ActionHessians, us = trajectory.Actions, d = gaps, lo = low, hi = high)
        fixed (double* buffer = rows)
        {
            double* v = V + (n * n);
            double* P = Aligned(buffer), Q = P + (n * S), R = Q + (w * S), M = R + (m * S), q = M + (m * S);
            for (int i = 0; i < n; i++)
            {
                v[i] = gs[(horizon * S) + i];
                for (int j = 0; j < n; j++)
                {
                    V[(i * n) + j] = Hf[(i * S) + j];
                }
            }

            for (int t = horizon - 1; t >= 0; t--)
            {
                double* F = Fs + (t * n * S), K = Ks + (t * m * S), k = ks + (t * m);

                // What follows: V'(δx') around f(x, u), where x' is a gap away from it, discounted.
                Follow(V, v, gaps.IsEmpty ? null : d + (t * n), discount);

                // Q = ∂²ℓ + FᵀV'F, q = ∂ℓ + Fᵀv'; with the dynamics' curvature also v'·∂²f.
                Expand(V, v, F, gs + (t * S), Hs + (t * w * S), P, Q, q);
                if (expansion.HasDynamicsCurvature)
                {
                    Bow(expansion, t, v, Q);
                }

                // The minimum over δu: k = −Quu⁻¹ qu within the limits, K = −Quu⁻¹ Qux where they do not bind.
                if (!TryMinimize(F, Q, q, R, K, k, us + (t * m), lo, hi, damping, kind))
                {
                    FailedStep = t;
                    return false;
                }

                // V = Qxx + KᵀQuu K + KᵀQux + QxuK, v = qx + KᵀQuu k + Kᵀqu + Qxu k.
                Back(Q, q, K, k, M, V, v, discount);
                for (int a = 0; a < m; a++)
                {
                    for (int b = 0; b < m; b++)
                    {
                        Quus[(((t * m) + a) * m) + b] = Q[((n + a) * S) + n + b];
                    }
                }
            }

            new ReadOnlySpan<double>(v, n).CopyTo(ValueSlope);
        }

        return true;
    }

    /// <summary>The first whole register's place: rows that straddle two lines of the cache take twice as long to read.</summary>
    private static double* Aligned(double* buffer) => (double*)(((nint)buffer + (8 * Alignment) - 1) & -(8 * Alignment));

    /// <summary>A row for each action, 1 in its column of Quu.</summary>
    private static TRow[] Units(int n, int m)
    {
        var units = new TRow[m];
        fixed (TRow* rows = units)
        {
            for (int a = 0; a < m; a++)
            {
                ((double*)(rows + a))[n + a] = 1.0;
            }
        }

        return units;
    }

    private void Follow(double* V, double* v, double* gap, double discount)
    {
        if (gap != null)
        {
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    v[i] += V[(i * n) + j] * gap[j];
                }
            }
        }

        for (int i = 0; discount != 1.0 && i < (n * n) + n; i++)
        {
            V[i] *= discount;
        }
    }

    private void Expand(double* V, double* v, double* F, double* g, double* H, double* P, double* Q, double* q)
    {
        int S = TRow.Width;
        var slope = TRow.Load(g);
        for (int i = 0; i < n; i++)
        {
            var row = TRow.Multiply(V[i * n], TRow.Load(F));
            for (int j = 1; j < n; j++)
            {
                row = TRow.MultiplyAdd(V[(i * n) + j], TRow.Load(F + (j * S)), row);
            }

            TRow.Store(row, P + (i * S));
            slope = TRow.MultiplyAdd(v[i], TRow.Load(F + (i * S)), slope);
        }

        TRow.Store(slope, q);
        for (int r = 0; r < n + m; r++)
        {
            var row = TRow.Load(H + (r * S));
            for (int i = 0; i < n; i++)
            {
                row = TRow.MultiplyAdd(F[(i * S) + r], TRow.Load(P + (i * S)), row);
            }

            TRow.Store(row, Q + (r * S));
        }
    }

    private void Bow(TrajectoryExpansion expansion, int t, double* v, double* Q)
    {
        int S = TRow.Width;
        var pairs = expansion.Pairs;
        for (int p = 0; p < pairs.Length; p++)
        {
            double sum = 0.0;
            for (int i = 0; i < n; i++)
            {
                sum += v[i] * expansion.DynamicsCurvatures[(((t * pairs.Length) + p) * n) + i];
            }

            Q[(pairs[p].I * S) + pairs[p].J] += sum;
            if (pairs[p].I != pairs[p].J)
            {
                Q[(pairs[p].J * S) + pairs[p].I] += sum;
            }
        }
    }

    private void Back(double* Q, double* q, double* K, double* k, double* M, double* V, double* v, double discount)
    {
        int S = TRow.Width;
        double slope = 0.0, bend = 0.0;
        for (int i = 0; i < n; i++)
        {
            v[i] = q[i];
        }

        for (int a = 0; a < m; a++)
        {
            // M = Qux + Quu K, and Quu k.
            double* Qa = Q + ((n + a) * S);
            var row = TRow.Load(Qa);
            double Quuk = 0.0;
            for (int b = 0; b < m; b++)
            {
                row = TRow.MultiplyAdd(Qa[n + b], TRow.Load(K + (b * S)), row);
                Quuk += Qa[n + b] * k[b];
            }

            TRow.Store(row, M + (a * S));
            slope += k[a] * q[n + a];
            bend += 0.5 * k[a] * Quuk;
            double h = Quuk + q[n + a];
            for (int i = 0; i < n; i++)
            {
                v[i] += (K[(a * S) + i] * h) + (Qa[i] * k[a]);
            }
        }

        for (int i = 0; i < n; i++)
        {
            var row = TRow.Load(Q + (i * S));
            for (int a = 0; a < m; a++)
            {
                row = TRow.MultiplyAdd(K[(a * S) + i], TRow.Load(M + (a * S)), row);
                row = TRow.MultiplyAdd(Q[((n + a) * S) + i], TRow.Load(K + (a * S)), row);
            }

            TRow.Store(row, Q + (i * S));
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                V[(i * n) + j] = V[(j * n) + i] = 0.5 * (Q[(i * S) + j] + Q[(j * S) + i]);
            }
        }

        (Slope, Bend) = (slope + (discount * Slope), bend + (discount * Bend));
    }
}
