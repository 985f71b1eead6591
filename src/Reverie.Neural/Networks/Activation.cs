using System.Runtime.Intrinsics;
using Reverie.Numerics;

namespace Reverie.Neural.Networks;

/// <summary>Elementwise parts of a layer over rows of numbers.</summary>
internal static unsafe class Activation
{
    /// <summary>y ← φ(y + b) and slope ← φ'(y + b) with φ(z) = z σ(z), φ'(z) = σ(z) (1 + z (1 − σ(z))); y ← y + b where not hidden.</summary>
    public static void Apply(float* y, float* bias, float* slope, int count, bool hidden)
    {
        int i = 0;
        for (; i + Lanes.Count <= count; i += Lanes.Count)
        {
            var z = new Lanes(Vector512.Load(y + i) + Vector512.Load(bias + i));
            if (hidden)
            {
                Lanes one = 1.0;
                var sigma = one / (one + Lanes.Exp(-z));
                var value = z * sigma;
                (sigma + (value * (one - sigma))).Value.Store(slope + i);
                z = value;
            }

            z.Value.Store(y + i);
        }

        for (; i < count; i++)
        {
            float z = y[i] + bias[i];
            if (hidden)
            {
                float sigma = 1f / (1f + MathF.Exp(-z));
                slope[i] = sigma + (z * sigma * (1f - sigma));
                z *= sigma;
            }

            y[i] = z;
        }
    }

    /// <summary>x ← x ⊙ factor.</summary>
    public static void MultiplyBy(float* x, float* factor, int count)
    {
        int i = 0;
        for (; i + Lanes.Count <= count; i += Lanes.Count)
        {
            (Vector512.Load(x + i) * Vector512.Load(factor + i)).Store(x + i);
        }

        for (; i < count; i++)
        {
            x[i] *= factor[i];
        }
    }

    /// <summary>sum ← sum + x.</summary>
    public static void AddTo(float* sum, float* x, int count)
    {
        int i = 0;
        for (; i + Lanes.Count <= count; i += Lanes.Count)
        {
            (Vector512.Load(sum + i) + Vector512.Load(x + i)).Store(sum + i);
        }

        for (; i < count; i++)
        {
            sum[i] += x[i];
        }
    }
}
