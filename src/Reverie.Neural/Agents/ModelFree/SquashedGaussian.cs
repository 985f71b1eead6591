namespace Reverie.Neural.Agents;

/// <summary>
/// A normal distribution squashed into (−1, 1): a = tanh(u), u = μ + σ ε (Haarnoja et al. 2018, appendix C), and the derivatives that
/// a reparametrised gradient needs. Written for one component.
/// </summary>
/// <param name="Action">a.</param>
/// <param name="LogDensity">ln π(a).</param>
/// <param name="Deviation">σ.</param>
/// <param name="Slope">∂ ln σ / ∂z, z the network's output.</param>
internal readonly record struct SquashedGaussian(float Action, float LogDensity, float Deviation, float Slope)
{
    private const float LowestLog = -5f, HighestLog = 2f;

    /// <summary>a and ln π(a) for ε.</summary>
    /// <param name="mean">μ.</param>
    /// <param name="z">The network's output for the spread: ln σ = low + ½(high − low)(tanh z + 1).</param>
    /// <param name="epsilon">ε.</param>
    public static SquashedGaussian At(float mean, float z, float epsilon)
    {
        float t = MathF.Tanh(z);
        float logDeviation = LowestLog + (0.5f * (HighestLog - LowestLog) * (t + 1f));
        float deviation = MathF.Exp(logDeviation);
        float u = mean + (deviation * epsilon);

        // ln(1 − tanh² u) = 2 (ln 2 − u − ln(1 + e^−2u)), which keeps its digits where tanh is near ±1.
        float softplus = MathF.Max(-2f * u, 0f) + MathF.Log(1f + MathF.Exp(-MathF.Abs(2f * u)));
        float logJacobian = 2f * (0.69314718f - u - softplus);
        return new SquashedGaussian(
            MathF.Tanh(u),
            (-0.5f * epsilon * epsilon) - 0.91893853f - logDeviation - logJacobian,
            deviation,
            0.5f * (HighestLog - LowestLog) * (1f - (t * t)));
    }

    /// <summary>
    /// ∂L/∂μ and ∂L/∂z of L = α ln π(a) + Q̃(a), given g = ∂Q̃/∂a: with ∂ ln π/∂u = 2 a from the squashing and −1 from ln σ,
    /// ∂L/∂u = α 2a + g (1 − a²), ∂L/∂μ = ∂L/∂u, ∂L/∂ ln σ = ∂L/∂u σ ε − α.
    /// </summary>
    /// <param name="epsilon">ε.</param>
    /// <param name="alpha">α.</param>
    /// <param name="slope">g.</param>
    public (float Mean, float Spread) Gradient(float epsilon, float alpha, float slope)
    {
        float du = (alpha * 2f * Action) + (slope * (1f - (Action * Action)));
        return (du, ((du * Deviation * epsilon) - alpha) * Slope);
    }
}
