using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// One backward step of dynamic programming (Bertsekas, Dynamic Programming and Optimal Control I, section 3.1, with affine and cross terms): from
/// V'(x) = ½ xᵀP'x + p'ᵀx + s', the minimum over u of cost(x, u) + γ V'(A x + B u + c), and the u = k − K x that attains it. Allocates
/// only when it is made.
/// </summary>
internal sealed class RiccatiStep(int n, int m)
{
    private readonly double[] PA = new double[n * n];
    private readonly double[] PB = new double[n * m];
    private readonly double[] v = new double[n];
    private readonly double[] S = new double[m * m];
    private readonly double[] G = new double[m * n];
    private readonly double[] h = new double[m];

    /// <summary>The step, where it has a minimum.</summary>
    /// <param name="stage">A, B, c, Q, N, R, q, r, d.</param>
    /// <param name="discount">γ.</param>
    /// <param name="nextP">P', <c>[n, n]</c>, symmetric.</param>
    /// <param name="nextp">p', <c>[n]</c>.</param>
    /// <param name="nexts">s'.</param>
    /// <param name="P">Receives P, <c>[n, n]</c>, symmetric; may not overlap <paramref name="nextP"/>.</param>
    /// <param name="p">Receives p, <c>[n]</c>; may not overlap <paramref name="nextp"/>.</param>
    /// <param name="s">Receives s.</param>
    /// <param name="K">Receives K, <c>[m, n]</c>.</param>
    /// <param name="k">Receives k, <c>[m]</c>.</param>
    /// <returns>Whether R + γ BᵀP'B is positive definite; where it is not, there is no minimum.</returns>
    public bool TryRun(
        LinearQuadraticStage stage,
        double discount,
        ReadOnlySpan<double> nextP,
        ReadOnlySpan<double> nextp,
        double nexts,
        Span<double> P,
        Span<double> p,
        out double s,
        Span<double> K,
        Span<double> k)
    {
        var (A, B, c) = (stage.StateJacobian, stage.ActionJacobian, stage.Offset);
        double follows = nexts + Dense.Dot(nextp, c) + (0.5 * Dense.Form(c, nextP, c));

        // P'A, P'B and v = P'c + p', all discounted.
        Dense.Multiply(nextP, A, PA, n, n, n);
        Dense.Multiply(nextP, B, PB, n, n, m);
        nextp.CopyTo(v);
        Dense.AddProduct(1.0, nextP, c, v, n, n, 1);
        Dense.Scale(discount, PA);
        Dense.Scale(discount, PB);
        Dense.Scale(discount, v);

        // S = R + BᵀP'B, G = Nᵀ + BᵀP'A, h = r + Bᵀv: the Hessian and slope in u are S and G x + h.
        stage.ActionCost.CopyTo(S, 0);
        Dense.AddTransposeProduct(1.0, B, PB, S, m, n, m);
        Dense.Transpose(stage.CrossCost, G, n, m);
        Dense.AddTransposeProduct(1.0, B, PA, G, m, n, n);
        stage.ActionSlope.CopyTo(h, 0);
        Dense.AddTransposeProduct(1.0, B, v, h, m, n, 1);

        s = double.NaN;
        if (!Dense.Cholesky(S, m))
        {
            return false;
        }

        // K = S⁻¹ G, k = −S⁻¹ h.
        G.CopyTo(K);
        Dense.CholeskySolve(S, K, m, n);
        h.CopyTo(k);
        Dense.CholeskySolve(S, k, m, 1);
        Dense.Scale(-1.0, k);

        // P = Q + AᵀP'A − GᵀK, p = q + Aᵀv + Gᵀk, s = d + γ V'(c) + ½ hᵀk.
        stage.StateCost.CopyTo(P);
        Dense.AddTransposeProduct(1.0, A, PA, P, n, n, n);
        Dense.AddTransposeProduct(-1.0, G, K, P, n, m, n);
        Dense.Symmetrize(P, n);
        stage.StateSlope.CopyTo(p);
        Dense.AddTransposeProduct(1.0, A, v, p, n, n, 1);
        Dense.AddTransposeProduct(1.0, G, k, p, n, m, 1);
        s = stage.Constant + (discount * follows) + (0.5 * Dense.Dot(h, k));
        return true;
    }
}
