namespace Reverie.Planning.Control;

/// <summary>μ and how it changes: faster the more often in a row it changes the same way (Tassa, Erez, Todorov 2012, section II-F).</summary>
internal struct DampingSchedule(double initial, double factor)
{
    private const double Least = 1e-6, Most = 1e10;

    private double rate = 1.0;

    /// <summary>μ.</summary>
    public double Value { get; private set; } = initial;

    /// <summary>Whether μ has left its bounds.</summary>
    public readonly bool IsExhausted => Value > Most;

    /// <summary>δ ← max(δ₀, δ δ₀), μ ← max(μ_min, μ δ).</summary>
    /// <returns>Whether μ is still within bounds.</returns>
    public bool Increase()
    {
        rate = Math.Max(factor, rate * factor);
        Value = Math.Max(Least, Value * rate);
        return Value <= Most;
    }

    /// <summary>δ ← min(1/δ₀, δ/δ₀), μ ← μ δ, or 0 below μ_min.</summary>
    public void Decrease()
    {
        rate = Math.Min(1.0 / factor, rate / factor);
        Value = Value * rate < Least ? 0.0 : Value * rate;
    }
}
