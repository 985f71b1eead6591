using Reverie.Neural.Networks;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>What is done to gradients between backward pass and optimiser.</summary>
internal static unsafe class Gradients
{
    /// <summary>g ← g · min(1, largest / |g|): a step is never led by a single odd batch (Pascanu, Mikolov, Bengio 2013).</summary>
    public static void Limit(EnsembleNetwork network, double largestNorm)
    {
        var gradient = new Span<float>(network.Gradient.Pointer(), (int)network.Gradient.NumberOfElements);
        double squares = 0;
        foreach (float g in gradient)
        {
            squares += (double)g * g;
        }

        double norm = Math.Sqrt(squares);
        if (!double.IsFinite(norm))
        {
            gradient.Clear();
        }
        else if (norm > largestNorm)
        {
            float factor = (float)(largestNorm / norm);
            foreach (ref float g in gradient)
            {
                g *= factor;
            }
        }
    }
}
