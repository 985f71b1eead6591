using Reverie.Agents;
using Reverie.Experience;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Experiments.Studies;

/// <summary>An ensemble that studies of approximate models train on episodes of a world, and plan in.</summary>
internal sealed class LearnedModel : IDisposable
{
    private readonly WorldSpec spec;
    private readonly DynamicsEnsemble ensemble;
    private readonly ReplayBuffer replay;
    private readonly Workers workers = new(1);

    /// <summary>An ensemble that has seen nothing.</summary>
    /// <param name="world">The world.</param>
    /// <param name="options">The networks.</param>
    /// <param name="capacity">The most transitions that it will be trained on.</param>
    /// <param name="key">Its randomness.</param>
    public LearnedModel(StudyWorld world, DynamicsOptions options, int capacity, RandomKey key)
    {
        spec = world.Spec;
        replay = new ReplayBuffer(spec.ObservationSize, spec.Actions.Size, capacity, options.ValidationFraction, key.Split("validation"));
        ensemble = new DynamicsEnsemble(spec, options, new RandomStream(key.Split("model")), workers);
        Model = new EnsembleModel(ensemble, world.Task(), workers);
    }

    /// <summary>
    /// Five members that predict normal distributions, small enough that many of them are trained in the minutes that a study takes.
    /// </summary>
    public static DynamicsOptions Networks { get; } = new() { HiddenLayers = 2, HiddenSize = 64, BatchSize = 64, MaxSteps = 10_000, Patience = 15, Device = TrainingDevice.Cpu };

    /// <summary>The model.</summary>
    public EnsembleModel Model { get; }

    /// <summary>Transitions that it was given.</summary>
    public int Transitions => replay.Count;

    /// <summary>An ensemble trained on a number of steps taken at random.</summary>
    public static LearnedModel OfRandomSteps(StudyWorld world, DynamicsOptions options, int steps, RandomKey key, CancellationToken cancel)
    {
        var model = new LearnedModel(world, options, steps, key);
        try
        {
            model.Add(RandomEpisodes(world, steps, key.Split("data"), cancel), steps);
            model.Train(cancel);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Whole episodes under random actions, at least <paramref name="steps"/> steps of them.</summary>
    public static List<RealEpisode> RandomEpisodes(StudyWorld world, int steps, RandomKey key, CancellationToken cancel) =>
        Episodes(world.Create(key.Split("world")), new RandomAgent(world.Spec, key).Policy(new RandomStream(key.Split("actions"))), steps, cancel);

    /// <summary>Whole episodes under a policy, at least <paramref name="steps"/> steps of them.</summary>
    public static List<RealEpisode> Episodes(IWorld world, IPolicy policy, int steps, CancellationToken cancel)
    {
        var episodes = new List<RealEpisode>();
        for (int count = 0; count < steps; count += episodes[^1].Steps)
        {
            episodes.Add(RealEpisode.Collect(world, policy, cancel));
        }

        return episodes;
    }

    /// <summary>Gives it transitions; rewards and terminations are known to it and not learned.</summary>
    /// <param name="episodes">Episodes.</param>
    /// <param name="most">Where to stop.</param>
    public void Add(IReadOnlyList<RealEpisode> episodes, int most = int.MaxValue)
    {
        foreach (var episode in episodes)
        {
            for (int t = 0; t < episode.Steps && most > 0; t++, most--)
            {
                replay.Add(new Transition
                {
                    Observation = episode.Observations[t],
                    Action = episode.Action(t),
                    Reward = 0.0,
                    NextObservation = episode.Observations[t + 1],
                    Terminated = false,
                    Truncated = t == episode.Steps - 1,
                });
            }
        }
    }

    /// <summary>Trains it on all that it was given, from the weights that it has.</summary>
    public void Train(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        EnsembleTrainer.Train(ensemble, replay);
        Model.Refresh();
    }

    /// <summary>Control by iCEM in it, as <c>pets</c> does.</summary>
    public MpcPolicy Control(ImprovedCrossEntropyOptions options, RandomStream random) =>
        new(Model, new ImprovedCrossEntropyMethod(Model, (ImprovedCrossEntropyOptions)options.For(spec)), random);

    /// <inheritdoc/>
    public void Dispose()
    {
        ensemble.Dispose();
        workers.Dispose();
    }
}
