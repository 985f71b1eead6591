namespace Reverie.Worlds;

/// <summary>How one component of an observation is to be read.</summary>
public enum FeatureKind
{
    /// <summary>A number on a line.</summary>
    Linear,

    /// <summary>An angle [rad]: values 2π apart mean the same. Models embed it as (cos, sin) and predict its change.</summary>
    Angle,
}

/// <summary>One component of an observation.</summary>
/// <param name="Name">Name with unit where it has one, e.g. <c>angle</c>.</param>
/// <param name="Kind">How it is to be read.</param>
public readonly record struct Feature(string Name, FeatureKind Kind = FeatureKind.Linear);

/// <summary>What an agent may know of a world before its first step.</summary>
/// <param name="Name">The world's name in commands, e.g. <c>cartpole</c>.</param>
/// <param name="Observation">The components of an observation, in order.</param>
/// <param name="Actions">What the agent may do.</param>
/// <param name="MaxSteps">Steps after which an episode is truncated.</param>
/// <param name="SecondsPerStep">Simulated time of a step [s]; 0 where the world has no clock.</param>
public sealed record WorldSpec(
    string Name,
    IReadOnlyList<Feature> Observation,
    ActionSpace Actions,
    int MaxSteps,
    double SecondsPerStep)
{
    /// <summary>Steps that a planner should look ahead unless told otherwise. Default 25.</summary>
    public int PlanningHorizon { get; init; } = 25;

    /// <summary>
    /// Steps for which planners that draw actions independently should hold each draw, so that plans reach further than a random walk. Default 1.
    /// </summary>
    public int PlanningHold { get; init; } = 1;

    /// <summary>Number of states of a finite world, whose observation is the number of its state, 0 to <see cref="States"/> − 1; 0 for other worlds.</summary>
    public int States { get; init; }

    /// <summary>Whether the world is finite.</summary>
    public bool IsFinite => States > 0;

    /// <summary>γ in (0, 1], by which the task weighs the future, unless an agent is told another. Default 1.</summary>
    public double Discount { get; init; } = 1.0;

    /// <summary>Every component of the actions from which optimisers of whole trajectories start. Default 0.</summary>
    public double InitialAction { get; init; }

    /// <summary>The least reward that a step may bring, where it is known; −∞ (the default) where not.</summary>
    public double MinReward { get; init; } = double.NegativeInfinity;

    /// <summary>The greatest reward that a step may bring, where it is known; +∞ (the default) where not.</summary>
    public double MaxReward { get; init; } = double.PositiveInfinity;

    /// <summary>Length of an observation.</summary>
    public int ObservationSize => Observation.Count;

    /// <summary>Refuses an observation or a place for an action of the wrong length, for agents' public edge.</summary>
    /// <exception cref="ArgumentException">A length is wrong; the message names which, what was given and what is wanted.</exception>
    public void RequireSizes(ReadOnlySpan<double> observation, ReadOnlySpan<double> action)
    {
        if (observation.Length != ObservationSize)
        {
            throw new ArgumentException($"The observation has {observation.Length} components; world '{Name}' shows {ObservationSize}.", nameof(observation));
        }

        if (action.Length != Actions.Size)
        {
            throw new ArgumentException($"The action has {action.Length} components; world '{Name}' takes {Actions.Size}.", nameof(action));
        }
    }
}
