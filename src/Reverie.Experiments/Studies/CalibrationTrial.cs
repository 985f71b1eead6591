using Reverie.Agents;
using Reverie.Numerics;
using Reverie.Planning;

namespace Reverie.Experiments.Studies;

/// <summary>How often intervals of an ensemble's particles held what happened.</summary>
/// <param name="Near">On fresh episodes of random actions, as in training.</param>
/// <param name="Shifted">On episodes of a planner in the exact model, which goes elsewhere.</param>
internal sealed record CalibrationTrial(PredictiveIntervals Near, PredictiveIntervals Shifted)
{
    private const int TestSteps = 300, Every = 5;

    /// <summary>Trains on random steps, and predicts fresh episodes.</summary>
    /// <param name="world">The world.</param>
    /// <param name="elsewhere">The world in which the planner acts: the same, perhaps with another goal.</param>
    /// <param name="steps">Random steps to train on.</param>
    /// <param name="stochastic">Whether members predict normal distributions; else points.</param>
    /// <param name="members">1 or 5.</param>
    /// <param name="horizon">Steps ahead.</param>
    /// <param name="levels">Nominal coverages.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancel">Ends the trial.</param>
    public static CalibrationTrial Run(
        StudyWorld world, StudyWorld elsewhere, int steps, bool stochastic, int members, int horizon, double[] levels, long seed, CancellationToken cancel)
    {
        var key = RandomKey.FromSeed(seed);
        var options = LearnedModel.Networks with { Stochastic = stochastic, Members = members, Elites = members };
        using var learned = LearnedModel.OfRandomSteps(world, options, steps, key, cancel);
        var near = LearnedModel.RandomEpisodes(world, TestSteps, key.Split("held out"), cancel);
        var exact = elsewhere.Exact();
        var planner = new ImprovedCrossEntropyMethod(exact, (ImprovedCrossEntropyOptions)new ImprovedCrossEntropyOptions { Population = 128, Iterations = 3 }.For(elsewhere.Spec));
        var policy = new MpcPolicy(exact, planner, new RandomStream(key.Split("planner")));
        var shifted = LearnedModel.Episodes(elsewhere.Create(key.Split("elsewhere")), policy, TestSteps, cancel);
        double[] scales = OpenLoop.Scales(world.Spec, near);
        return new CalibrationTrial(Intervals(near, "near"), Intervals(shifted, "shifted"));

        PredictiveIntervals Intervals(List<RealEpisode> episodes, string name)
        {
            var intervals = new PredictiveIntervals(horizon, levels);
            for (int i = 0; i < episodes.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                intervals.Add(learned.Model, world.Spec, scales, episodes[i], Every, key.Split(name).Split(i));
            }

            return intervals;
        }
    }
}
