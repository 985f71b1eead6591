namespace Reverie.Numerics;

/// <summary>Eigenvalues and eigenvectors of small symmetric matrices by rotations in planes (Jacobi 1846; Golub and Van Loan 2013, section 8.5).</summary>
internal static class SymmetricEigen
{
    private const int MaxSweeps = 50;

    /// <summary>S = V Λ Vᵀ.</summary>
    /// <param name="s">S, row-major <c>[n, n]</c>, symmetric and finite; receives Λ on its diagonal, in no order.</param>
    /// <param name="vectors">Receives V, <c>[n, n]</c>: column k is the eigenvector of the k-th eigenvalue, of length 1.</param>
    /// <param name="n">Rows.</param>
    public static void Decompose(Span<double> s, Span<double> vectors, int n)
    {
        Dense.Identity(vectors, n);
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            bool rotated = false;
            for (int p = 0; p < n - 1; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    rotated |= Rotate(s, vectors, n, p, q);
                }
            }

            if (!rotated)
            {
                return;
            }
        }
    }

    /// <summary>Turns the plane of p and q so that S has 0 there.</summary>
    private static bool Rotate(Span<double> s, Span<double> vectors, int n, int p, int q)
    {
        double spq = s[(p * n) + q];
        if (Math.Abs(spq) <= 1e-16 * Math.Sqrt(Math.Abs(s[(p * n) + p] * s[(q * n) + q])) || spq == 0.0)
        {
            s[(p * n) + q] = s[(q * n) + p] = 0.0;
            return false;
        }

        // tan of the smaller of the two angles: t² + 2 t τ − 1 = 0, τ = (s_qq − s_pp) / 2 s_pq.
        double tau = (s[(q * n) + q] - s[(p * n) + p]) / (2.0 * spq);
        double tangent = (tau >= 0.0 ? 1.0 : -1.0) / (Math.Abs(tau) + Math.Sqrt(1.0 + (tau * tau)));
        double cosine = 1.0 / Math.Sqrt(1.0 + (tangent * tangent)), sine = tangent * cosine;
        for (int k = 0; k < n; k++)
        {
            (s[(k * n) + p], s[(k * n) + q]) = ((cosine * s[(k * n) + p]) - (sine * s[(k * n) + q]), (sine * s[(k * n) + p]) + (cosine * s[(k * n) + q]));
            (vectors[(k * n) + p], vectors[(k * n) + q]) =
                ((cosine * vectors[(k * n) + p]) - (sine * vectors[(k * n) + q]), (sine * vectors[(k * n) + p]) + (cosine * vectors[(k * n) + q]));
        }

        for (int k = 0; k < n; k++)
        {
            (s[(p * n) + k], s[(q * n) + k]) = ((cosine * s[(p * n) + k]) - (sine * s[(q * n) + k]), (sine * s[(p * n) + k]) + (cosine * s[(q * n) + k]));
        }

        return true;
    }
}
