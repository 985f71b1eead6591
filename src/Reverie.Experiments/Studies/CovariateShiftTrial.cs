using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Planning;

namespace Reverie.Experiments.Studies;

/// <summary>What a model is trained on besides the random steps that it began with.</summary>
internal enum MoreData
{
    /// <summary>Nothing: the model stays as it is.</summary>
    None,

    /// <summary>After each episode, as many further steps taken at random.</summary>
    RandomSteps,

    /// <summary>The planner's own episodes (Ross and Bagnell 2012: data from the states that the planner visits).</summary>
    OwnSteps,
}

/// <summary>Errors where the model was trained and where its planner goes, episode by episode; each episode's errors are of the model that was planned in, before it saw the episode.</summary>
/// <param name="Trained">One-step error on held-out random steps, in standard deviations of their observations, <c>[E]</c>.</param>
/// <param name="Visited">One-step error on the planner's episode, in the same units, <c>[E]</c>.</param>
/// <param name="Returns">The return of the planner's episode, <c>[E]</c>.</param>
internal sealed record CovariateShiftTrial(double[] Trained, double[] Visited, double[] Returns)
{
    private const int HeldOut = 400;

    /// <summary>As <c>pets</c> plans.</summary>
    private static readonly ImprovedCrossEntropyOptions Planner = new() { Population = 128, Iterations = 3 };

    private static readonly DynamicsOptions Networks = LearnedModel.Networks with { MaxSteps = 3000, Patience = 8 };

    /// <summary>Trains on random steps; then, for each episode: plan in the model, measure, and train on as the data allow.</summary>
    /// <param name="world">The world.</param>
    /// <param name="steps">Random steps to begin with.</param>
    /// <param name="episodes">E.</param>
    /// <param name="more">What is trained on besides.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancel">Ends the trial.</param>
    public static CovariateShiftTrial Run(StudyWorld world, int steps, int episodes, MoreData more, long seed, CancellationToken cancel)
    {
        var key = RandomKey.FromSeed(seed);
        var heldOut = LearnedModel.RandomEpisodes(world, HeldOut, key.Split("held out"), cancel);
        double[] scales = OpenLoop.Scales(world.Spec, heldOut);
        using var learned = new LearnedModel(world, Networks, steps + (episodes * world.Spec.MaxSteps), key);
        learned.Add(LearnedModel.RandomEpisodes(world, steps, key.Split("data"), cancel), steps);
        learned.Train(cancel);
        var stage = world.Create(key.Split("stage"));
        var policy = learned.Control(Planner, new RandomStream(key.Split("planner")));
        var (trained, visited, returns) = (new double[episodes], new double[episodes], new double[episodes]);
        for (int i = 0; i < episodes; i++)
        {
            var episode = RealEpisode.Collect(stage, policy, cancel);
            returns[i] = episode.Return;
            trained[i] = PredictionErrors.OneStep(learned.Model, world.Spec, scales, heldOut, cancel);
            visited[i] = PredictionErrors.OneStep(learned.Model, world.Spec, scales, [episode], cancel);
            if (more != MoreData.None && i < episodes - 1)
            {
                learned.Add(more == MoreData.OwnSteps ? [episode] : LearnedModel.RandomEpisodes(world, episode.Steps, key.Split("more").Split(i), cancel), episode.Steps);
                learned.Train(cancel);
            }
        }

        return new CovariateShiftTrial(trained, visited, returns);
    }
}
