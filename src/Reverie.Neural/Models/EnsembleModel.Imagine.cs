using Reverie.Models;

namespace Reverie.Neural.Models;

/// <content>Open-loop trajectories of each elite member.</content>
public sealed unsafe partial class EnsembleModel : IImagination
{
    /// <inheritdoc/>
    public int Members => ensemble.Elites.Length;

    /// <inheritdoc/>
    public void Imagine(int starts, ReadOnlySpan<double> observations, ReadOnlySpan<double> actions, Span<double> imagined)
    {
        int horizon = starts > 0 ? actions.Length / (starts * actionSize) : 0;
        if (starts < 1 || observations.Length != starts * stateSize || actions.Length != starts * horizon * actionSize || imagined.Length != Members * starts * horizon * stateSize)
        {
            throw new ArgumentException(
                $"{starts} starts, {observations.Length} observed numbers, {actions.Length} of actions and {imagined.Length} imagined do not fit {Members} members, {stateSize} observed and {actionSize} action components.", nameof(starts));
        }

        var s = Rent();
        for (int k = 0; k < Members; k++)
        {
            for (int first = 0; first < starts; first += Tile)
            {
                int count = Math.Min(Tile, starts - first);
                ImagineTile(s, ensemble.Elites[k], count, horizon, observations[(first * stateSize)..], actions[(first * horizon * actionSize)..], imagined[(((k * starts) + first) * horizon * stateSize)..]);
            }
        }

        Return(s);
    }

    // x ← x + μ(x, u), on up to 64 trajectories side by side; lanes to spare repeat the last of them.
    private void ImagineTile(EnsembleScratch s, int member, int count, int horizon, ReadOnlySpan<double> observations, ReadOnlySpan<double> actions, Span<double> imagined)
    {
        for (int i = 0; i < Tile; i++)
        {
            for (int d = 0; d < stateSize; d++)
            {
                s.States[(d * Tile) + i] = (float)observations[(Math.Min(i, count - 1) * stateSize) + d];
            }
        }

        for (int t = 0; t < horizon; t++)
        {
            for (int i = 0; i < Tile; i++)
            {
                for (int a = 0; a < actionSize; a++)
                {
                    s.Actions[(a * Tile) + i] = (float)actions[(((Math.Min(i, count - 1) * horizon) + t) * actionSize) + a];
                }
            }

            ensemble.Embedding.Embed(
                new ReadOnlySpan<float>(s.States, stateSize * Tile),
                new ReadOnlySpan<float>(s.Actions, actionSize * Tile),
                new Span<float>(s.Inputs, ensemble.Embedding.InputSize * Tile),
                Tile);
            float* mean = networks[member].Forward(s.Inputs, s.First, s.Second);
            for (int d = 0; d < stateSize; d++)
            {
                for (int i = 0; i < count; i++)
                {
                    s.States[(d * Tile) + i] += mean[(d * Tile) + i];
                    imagined[(((i * horizon) + t) * stateSize) + d] = s.States[(d * Tile) + i];
                }
            }
        }
    }
}
