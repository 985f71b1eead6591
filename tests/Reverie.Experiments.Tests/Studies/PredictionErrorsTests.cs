using Reverie.Experiments.Studies;
using Reverie.Models;
using Reverie.Worlds;

namespace Reverie.Experiments.Tests.Studies;

public class PredictionErrorsTests
{
    [Fact]
    public void Errors_are_root_mean_squares_in_units_of_the_scales()
    {
        // Nothing really moves; what is imagined drifts by 0.1 a step in the first of two components, whose scale is 2: √((0.05 k)² / 2).
        var spec = new WorldSpec("still", [new("a"), new("b")], ActionSpace.Symmetric(1, 1.0), 4, 0.0);
        var episode = new RealEpisode([.. Enumerable.Range(0, 5).Select(_ => new double[] { 1.0, -1.0 })], new double[4]);

        double[] errors = PredictionErrors.ByHorizon(new Drift(0.1), spec, [2.0, 1.0], [episode, episode], 3, CancellationToken.None);

        Assert.Equal(3, errors.Length);
        for (int k = 1; k <= 3; k++)
        {
            Assert.Equal(0.05 * k / Math.Sqrt(2.0), errors[k - 1], 12);
        }
    }

    private sealed class Drift(double speed) : IImagination
    {
        public int Members => 1;

        public void Imagine(int starts, ReadOnlySpan<double> observations, ReadOnlySpan<double> actions, Span<double> imagined)
        {
            int horizon = actions.Length / starts;
            for (int start = 0; start < starts; start++)
            {
                for (int t = 0; t < horizon; t++)
                {
                    imagined[((start * horizon) + t) * 2] = observations[start * 2] + (speed * (t + 1));
                    imagined[(((start * horizon) + t) * 2) + 1] = observations[(start * 2) + 1];
                }
            }
        }
    }
}
