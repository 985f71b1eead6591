namespace Reverie.Experiments.Reports;

/// <summary>All that a report shows, as plain data. Numbers that are NaN or infinite are left out of pictures.</summary>
public sealed record ReportData
{
    /// <summary>The headline.</summary>
    public required string Title { get; init; }

    /// <summary>What was asked and what came of it, a run each.</summary>
    public IReadOnlyList<RunSummary> Runs { get; init; } = [];

    /// <summary>Returns over experience, a run each; runs of the same label and world are shown together.</summary>
    public IReadOnlyList<LearningCurve> LearningCurves { get; init; } = [];

    /// <summary>Mean returns of evaluations while learning, likewise; only runs that had some.</summary>
    public IReadOnlyList<LearningCurve> EvaluationCurves { get; init; } = [];

    /// <summary>Losses of the learned model, a run each.</summary>
    public IReadOnlyList<ModelLoss> ModelLosses { get; init; } = [];

    /// <summary>Real beside imagined observations, a picture each.</summary>
    public IReadOnlyList<ImaginedTrajectories> Imagined { get; init; } = [];

    /// <summary>Error of imagination against horizon.</summary>
    public IReadOnlyList<OpenLoopError> OpenLoopErrors { get; init; } = [];

    /// <summary>One-step errors of local dynamics, a run each.</summary>
    public IReadOnlyList<LocalError> LocalErrors { get; init; } = [];

    /// <summary>Motion of cart-poles, a picture each.</summary>
    public IReadOnlyList<FilmStrip> FilmStrips { get; init; } = [];

    /// <summary>What agents measured of themselves, apart from their models' losses.</summary>
    public IReadOnlyList<MetricTrace> Traces { get; init; } = [];

    /// <summary>Grid worlds, a picture each.</summary>
    public IReadOnlyList<GridMap> GridMaps { get; init; } = [];

    /// <summary>Whole trajectories that were planned.</summary>
    public IReadOnlyList<ReportedPlan> Plans { get; init; } = [];

    /// <summary>What readers should know, e.g. that a file was missing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What stands in the directories of runs, finished or not. What is missing or damaged is left out, with a note.</summary>
    /// <param name="runs">At least one run; those of the same agent, world and options are shown together.</param>
    /// <exception cref="ArgumentException">There is no run.</exception>
    public static ReportData FromRuns(IReadOnlyList<RunDirectory> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return runs.Count > 0 ? new RunReader(runs).Read() : throw new ArgumentException("A report needs at least one run; none were given.", nameof(runs));
    }

    /// <summary>Plans side by side; those of the same world share their pictures.</summary>
    /// <param name="plans">At least one.</param>
    /// <exception cref="ArgumentException">There is no plan.</exception>
    public static ReportData FromPlans(IReadOnlyList<ReportedPlan> plans)
    {
        ArgumentNullException.ThrowIfNull(plans);
        return plans.Count switch
        {
            0 => throw new ArgumentException("A report needs at least one plan; none were given.", nameof(plans)),
            1 => new ReportData { Title = $"{plans[0].Plan.Result.Planner} on {plans[0].Plan.Result.World}, seed {plans[0].Plan.Result.Seed}", Plans = plans },
            _ => new ReportData { Title = $"{plans.Count} plans of {string.Join(", ", plans.Select(p => p.Plan.Result.World).Distinct())}", Plans = plans },
        };
    }
}

/// <summary>One plan in a report.</summary>
/// <param name="Name">What tells it from others.</param>
/// <param name="Plan">The plan.</param>
public sealed record ReportedPlan(string Name, TrajectoryPlan Plan);

/// <summary>One run in a report's tables.</summary>
public sealed record RunSummary
{
    /// <summary>The run's name.</summary>
    public required string Name { get; init; }

    /// <summary>The agent's name.</summary>
    public required string Agent { get; init; }

    /// <summary>The world's name.</summary>
    public required string World { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Seconds of simulated time a step; 0 where the world has no clock.</summary>
    public double SecondsPerStep { get; init; }

    /// <summary>Real steps taken.</summary>
    public long EnvironmentSteps { get; init; }

    /// <summary>The finished episodes, in order.</summary>
    public IReadOnlyList<EpisodeResult> Episodes { get; init; } = [];

    /// <summary>The final policy on fresh episodes, or null where it was not evaluated yet.</summary>
    public EvaluationResult? Evaluation { get; init; }

    /// <summary>Seconds the run took; 0 where unknown.</summary>
    public double WallSeconds { get; init; }

    /// <summary>What was asked: options, limits and versions, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Request { get; init; } = [];
}

/// <summary>Returns of real episodes over experience.</summary>
/// <param name="Label">The agent, and in what it differs from others.</param>
/// <param name="World">The world; each is a plot of its own.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Episodes">The episodes, in order.</param>
/// <param name="SecondsPerStep">Seconds of simulated time a step; 0 where the world has no clock.</param>
public sealed record LearningCurve(string Label, string World, long Seed, IReadOnlyList<EpisodePoint> Episodes, double SecondsPerStep = 0);

/// <summary>One episode of a learning curve, or one evaluation.</summary>
/// <param name="EnvironmentSteps">Real steps of the run when it ended.</param>
/// <param name="Return">Sum of rewards.</param>
public readonly record struct EpisodePoint(long EnvironmentSteps, double Return);

/// <summary>Losses of the learned model over a run.</summary>
/// <param name="Label">The agent, and in what it differs from others.</param>
/// <param name="World">The world.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Retrainings">After each retraining, in order.</param>
public sealed record ModelLoss(string Label, string World, long Seed, IReadOnlyList<LossPoint> Retrainings);

/// <summary>The model's loss after a retraining.</summary>
/// <param name="EnvironmentSteps">Real steps of the run then.</param>
/// <param name="Training">On the data trained on; NaN where unknown.</param>
/// <param name="Validation">On held-out data; NaN where unknown.</param>
public readonly record struct LossPoint(long EnvironmentSteps, double Training, double Validation);

/// <summary>A measure of an agent over a run.</summary>
/// <param name="Label">The run.</param>
/// <param name="Name">What was measured, e.g. <c>e3/known</c>.</param>
/// <param name="Points">Its values, in order.</param>
public sealed record MetricTrace(string Label, string Name, IReadOnlyList<MetricPoint> Points);

/// <summary>One value of a measure.</summary>
/// <param name="EnvironmentSteps">Real steps of the run then.</param>
/// <param name="Value">The value; NaN and infinite ones are left out of pictures.</param>
public readonly record struct MetricPoint(long EnvironmentSteps, double Value);

/// <summary>A real trajectory and the model's open-loop imagination of it from the same start and with the same actions.</summary>
/// <param name="Title">E.g. the run's name.</param>
/// <param name="Features">Names of the observation's components, <c>[F]</c>.</param>
/// <param name="Real">Real observations, <c>[T][F]</c>.</param>
/// <param name="Members">Imagined observations of each ensemble member or particle, <c>[K][T'][F]</c>; T' may be below T.</param>
/// <param name="SecondsPerStep">Seconds of simulated time a step; 0 where the world has no clock.</param>
public sealed record ImaginedTrajectories(
    string Title, IReadOnlyList<string> Features, IReadOnlyList<double[]> Real, IReadOnlyList<IReadOnlyList<double[]>> Members, double SecondsPerStep = 0);

/// <summary>Open-loop error of a model on held-out real trajectories.</summary>
/// <param name="Label">The run, or what the line shows.</param>
/// <param name="World">The world; each is a plot of its own.</param>
/// <param name="Unit">What the error is measured in, for the axis.</param>
/// <param name="Horizons">Ascending horizons.</param>
/// <param name="SecondsPerStep">Seconds of simulated time a step; 0 where the world has no clock.</param>
public sealed record OpenLoopError(string Label, string World, string Unit, IReadOnlyList<HorizonError> Horizons, double SecondsPerStep = 0);

/// <summary>Error at one horizon.</summary>
/// <param name="Horizon">Steps imagined without seeing, ≥ 1.</param>
/// <param name="Median">Median error.</param>
/// <param name="Lower">Lower quartile.</param>
/// <param name="Upper">Upper quartile.</param>
/// <param name="Spread">How far the model's members part, in the same unit; NaN where unknown. A model that knows what it does not know has a spread as large as its error.</param>
public readonly record struct HorizonError(int Horizon, double Median, double Lower, double Upper, double Spread = double.NaN);

/// <summary>A pole on a cart over time, real and as imagined.</summary>
/// <param name="Title">E.g. the run's name.</param>
/// <param name="Real">Real states, in order.</param>
/// <param name="Imagined">Imagined states from the same start, or empty.</param>
/// <param name="SecondsPerStep">Seconds of simulated time a step; 0 where the world has no clock.</param>
/// <param name="PoleLength">Length of the pole in units of the position, above 0.</param>
public sealed record FilmStrip(
    string Title, IReadOnlyList<CartPoleState> Real, IReadOnlyList<CartPoleState> Imagined, double SecondsPerStep = 0, double PoleLength = 0.6);

/// <summary>Where a cart-pole is.</summary>
/// <param name="Position">Position of the cart.</param>
/// <param name="Angle">Angle of the pole from upright [rad], positive to the right.</param>
public readonly record struct CartPoleState(double Position, double Angle);
