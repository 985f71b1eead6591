using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Models.Finite;

/// <content>Samples of what the process may be.</content>
public sealed partial class EmpiricalModel
{
    /// <summary>The part of a row's prior mass at which breaking sticks ends.</summary>
    private const double ShortestStick = 1e-4;

    /// <summary>Masses below it are drawn as it, so that parts of them are not rounded to 0.</summary>
    private const double LeastMass = 1e-300;

    /// <summary>
    /// A process drawn from the posterior (Strens 2000; Osband, Russo, Van Roy 2013): p(·|s,a) ~ Dirichlet(n(s,a,·) + c/S) and
    /// r(s,a) from <paramref name="rewards"/>.
    /// </summary>
    /// <param name="random">Where from.</param>
    /// <param name="rewards">What is believed of rewards beforehand.</param>
    /// <remarks>
    /// A Dirichlet distribution with c/S for each of S states is a Dirichlet process of mass c over the uniform distribution; what it adds to the states
    /// seen is drawn by breaking sticks (Sethuraman 1994) until a ten-thousandth of it is left. A row so has O(successors + c) outcomes, however many states
    /// there are. Without a prior (c = 0) a row never tried stays in place.
    /// </remarks>
    public FiniteMdp Sample(RandomStream random, RewardPrior rewards)
    {
        var writer = new TableWriter(States, actions);
        for (int row = 0; row < start.Length; row++)
        {
            foreach (var outcome in Outcomes(row))
            {
                writer.Add(outcome.Code, Draws.Gamma(random, outcome.Count));
            }

            if (Prior > 0)
            {
                AddSticks(writer, random, Math.Max(Draws.Gamma(random, Prior), LeastMass));
            }
            else if (visits[row] == 0)
            {
                writer.Add(row / actions, 1.0);
            }

            writer.EndRow(rewards.Sample(random, visits[row], means[row]));
        }

        return writer.Build(Discount);
    }

    private void AddSticks(TableWriter writer, RandomStream random, double mass)
    {
        double left = 1.0;
        while (left > ShortestStick)
        {
            // Beta(1, c): the part broken off is 1 − U^(1/c).
            double rest = left * Math.Pow(random.NextDouble(), 1.0 / Prior);
            rest = rest > ShortestStick ? rest : 0.0;
            writer.Add(random.NextInt32(States), mass * (left - rest));
            left = rest;
        }
    }
}
