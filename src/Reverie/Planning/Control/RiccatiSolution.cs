namespace Reverie.Planning.Control;

/// <summary>The stabilising solution of a discrete algebraic Riccati equation.</summary>
/// <param name="Hessian">P, row-major <c>[n, n]</c>, symmetric.</param>
/// <param name="Gain">K = (R + γ BᵀPB)⁻¹ (γ BᵀPA + Nᵀ), row-major <c>[m, n]</c>; the policy is u = −K x.</param>
/// <param name="ClosedLoop">A − B K, row-major <c>[n, n]</c>.</param>
/// <param name="SpectralRadius">ρ(√γ (A − B K)), below 1: what the costs of successive steps shrink by, at worst and in the end, is its square.</param>
/// <param name="Residual">By what the equation is missed, relative to P, in Frobenius norms.</param>
/// <param name="Doublings">Turns of the doubling algorithm.</param>
public sealed record RiccatiSolution(double[] Hessian, double[] Gain, double[] ClosedLoop, double SpectralRadius, double Residual, int Doublings);
