using Reverie.Numerics;

namespace Reverie.Neural.Models;

/// <summary>Mean and standard deviation of each column of a table; columns that hardly vary are only shifted.</summary>
public sealed class Normalizer
{
    private const float Smallest = 1e-6f;

    /// <summary>A normaliser that changes nothing.</summary>
    /// <param name="size">Columns.</param>
    public Normalizer(int size)
    {
        Mean = new float[size];
        Deviation = new float[size];
        Array.Fill(Deviation, 1f);
    }

    /// <summary>Means, <c>[size]</c>.</summary>
    public float[] Mean { get; }

    /// <summary>Standard deviations, positive, <c>[size]</c>.</summary>
    public float[] Deviation { get; }

    /// <summary>Sets mean and deviation from the rows of <paramref name="table"/>, row-major <c>[rows, size]</c>.</summary>
    public void Fit(ReadOnlySpan<float> table)
    {
        int size = Mean.Length;
        int rows = table.Length / size;
        for (int c = 0; c < size; c++)
        {
            double sum = 0;
            for (int r = 0; r < rows; r++)
            {
                sum += table[(r * size) + c];
            }

            double mean = sum / rows;
            double squares = 0;
            for (int r = 0; r < rows; r++)
            {
                double d = table[(r * size) + c] - mean;
                squares += d * d;
            }

            double deviation = Math.Sqrt(squares / rows);
            Mean[c] = (float)mean;
            Deviation[c] = deviation < Smallest ? 1f : (float)deviation;
        }
    }

    /// <summary>Replaces every row by (row − mean) / deviation.</summary>
    public void Apply(Span<float> table)
    {
        int size = Mean.Length;
        for (int i = 0; i < table.Length; i++)
        {
            int c = i % size;
            table[i] = (table[i] - Mean[c]) / Deviation[c];
        }
    }

    /// <summary>Writes mean and deviation under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/mean", Mean);
        state.Set($"{prefix}/deviation", Deviation);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary state, string prefix)
    {
        state.GetSingle($"{prefix}/mean", Mean.Length).CopyTo(Mean);
        state.GetSingle($"{prefix}/deviation", Deviation.Length).CopyTo(Deviation);
    }
}
