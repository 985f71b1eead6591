using Reverie.Agents;
using Reverie.Agents.Finite;
using Reverie.Agents.Local;
using Reverie.Models;
using Reverie.Neural.Agents;
using Reverie.Neural.Agents.ActorCritic;
using Reverie.Neural.Agents.ModelCritic;
using Reverie.Neural.Models;
using Reverie.Numerics;
using Reverie.Worlds;
using TorchSharp;

namespace Reverie.Experiments;

/// <summary>What an agent is made from.</summary>
/// <param name="Options">The agent's options record.</param>
/// <param name="World">What it may know of the world.</param>
/// <param name="Task">Reward and termination, where they are known; null for a finite world.</param>
/// <param name="Key">The agent's randomness.</param>
/// <param name="Workers">Threads for its work.</param>
/// <param name="Metrics">Where it reports what it measures of itself.</param>
public sealed record AgentSetup(object Options, WorldSpec World, ITask? Task, RandomKey Key, Workers Workers, MetricSink Metrics);

/// <summary>An agent by name.</summary>
/// <param name="Name">Its name in commands.</param>
/// <param name="Summary">One line about it.</param>
/// <param name="DefaultOptions">Its options for the world of that name, which may have presets of its own; for "" the general defaults.</param>
/// <param name="DefaultEpisodes">Episodes to learn for in the world of that name.</param>
/// <param name="Create">Makes the agent.</param>
public sealed record AgentEntry(
    string Name, string Summary, Func<string, object> DefaultOptions, Func<string, int> DefaultEpisodes, Func<AgentSetup, IAgent> Create)
{
    /// <summary>Whether its steps cost so much that every episode is saved when it ends, rather than every so many steps. Default true.</summary>
    public bool SavesEveryEpisode { get; init; } = true;
}

/// <summary>The options of an agent that has none.</summary>
public sealed record NoOptions;

/// <summary>The agents by name.</summary>
public static class AgentCatalog
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<AgentEntry> Entries { get; } =
    [
        new("random", "Acts uniformly at random and learns nothing: the mark to beat.", _ => new NoOptions(), _ => 10, setup => new RandomAgent(setup.World, setup.Key)),
        Tabular<QLearningOptions>("q-learning", "Q-learning (Watkins 1989): learns from real steps alone, without a model.", (w, o, k, _) => new QLearningAgent(w, o, k)),
        Tabular<DynaQOptions>("dyna-q", "Dyna-Q (Sutton 1990): learns from each real step, and from steps remembered.", (w, o, k, m) => new DynaQAgent(w, o, k, m)),
        Tabular<DynaQPlusOptions>("dyna-q+", "Dyna-Q+ (Sutton 1990): Dyna-Q with a bonus for what was not tried for long, for worlds that change.", (w, o, k, m) => new DynaQPlusAgent(w, o, k, m)),
        Dyna,
        Tabular<DynaPsOptions>("dyna-ps", "Dyna with prioritized sweeping (Moore and Atkeson 1993): backs up first where it matters most.", (w, o, k, m) => new DynaPsAgent(w, o, k, m)),
        Tabular<PosteriorSamplingOptions>("posterior-sampling", "PSRL (Strens 2000; Osband et al. 2013): plans in models drawn from the posterior.", (w, o, k, m) => new PosteriorSamplingAgent(w, o, k, m)),
        Tabular<ModelRlOptions>("model-rl", "Model-based reinforcement learning with short rollouts: learns from what it imagines from remembered states.", (w, o, k, m) => new ModelRlAgent(w, o, k, m)),
        Tabular<E3Options>("e3", "E3 (Kearns and Singh 2002): explicitly explores or exploits, by two models of what is known.", (w, o, k, m) => new E3Agent(w, o, k, m)),
        Tabular<RMaxOptions>("r-max", "R-max (Brafman and Tennenholtz 2002): what is unknown is as good as can be.", (w, o, k, m) => new RMaxAgent(w, o, k, m)),
        Tabular<MbieEbOptions>("mbie-eb", "MBIE-EB (Strehl and Littman 2008): plans with a bonus for what was seldom tried.", (w, o, k, m) => new MbieEbAgent(w, o, k, m)),
        new("pets", "Probabilistic ensembles with trajectory sampling (Chua et al. 2018): learns a model and plans in it.", PetsDefaults, PetsEpisodes, Pets),
        Neural("dqn", "DQN with double Q-learning (Mnih et al. 2015; van Hasselt et al. 2016): learns from real steps alone, for numbered actions.", _ => new DqnOptions(), 100, s => OffPolicyAgent.Dqn(s.World, (DqnOptions)s.Options, s.Key, s.Workers, s.Metrics)),
        Neural("sac", "Soft actor-critic (Haarnoja et al. 2018): learns from real steps alone, for continuous controls.", _ => new SacOptions(), 50, s => OffPolicyAgent.Sac(s.World, (SacOptions)s.Options, s.Key, s.Workers, s.Metrics)),
        ModelBased("mbpo", "Model-based policy optimisation (Janner et al. 2019): SAC or DQN on short rollouts in an ensemble.", MbpoDefaults),
        ModelBased("mopo", "Model-based offline policy optimisation (Yu et al. 2020): mbpo that stays near its data, for learning from logs ('learn --from').", MopoDefaults),
        ModelBased("mve", "Model-based value expansion (Feinberg et al. 2018): targets that look a fixed number of steps ahead in a model.", MveDefaults),
        ModelBased("steve", "STEVE (Buckman et al. 2018): targets that look ahead in an ensemble as far as it is sure.", SteveDefaults),
        new("svg", "Stochastic value gradients (Heess et al. 2015): learns a model, and a policy by back-propagation through it.", SvgDefaults, world => world == "pendulum" ? 6 : 60, Svg),
        new("local-models", "Local models from a handful of rollouts, guided policy search without its neural policy (Levine and Abbeel 2014).", LocalModelsDefaults, _ => 200, LocalModels) { SavesEveryEpisode = false },
        new("actor-critic", "Actor-critic with generalised advantages (Schulman et al. 2016), clipped as in PPO (Schulman et al. 2017), from real steps alone.", ActorCriticDefaults, _ => 300, setup => new ActorCriticAgent(setup.World, (ActorCriticOptions)setup.Options, setup.Key, setup.Workers, setup.Metrics)) { SavesEveryEpisode = false },
        new("model-critic", "Policy gradient with a learned model for critic: likelihood ratio of single steps, values by rollouts in the model or by TD.", _ => new ModelCriticOptions(), _ => 15, ModelCritic),
    ];

    private static AgentEntry Tabular<TOptions>(string name, string summary, Func<WorldSpec, TOptions, RandomKey, MetricSink, IAgent> make)
        where TOptions : new() =>
        new(name, summary, _ => new TOptions(), _ => 50, setup => make(setup.World, (TOptions)setup.Options, setup.Key, setup.Metrics)) { SavesEveryEpisode = false };

    private static AgentEntry Neural(string name, string summary, Func<string, object> options, int episodes, Func<AgentSetup, IAgent> make) =>
        new(name, summary, options, _ => episodes, setup =>
        {
            // Sums of tensors are split by thread: the number must be the run's, not the machine's.
            torch.set_num_threads(setup.Workers.Count);
            return make(setup);
        })
        { SavesEveryEpisode = false };

    /// <summary>Dyna as the world asks for it: over counts in a finite world, over an ensemble elsewhere.</summary>
    private static AgentEntry Dyna
    {
        get
        {
            var tabular = Tabular<DynaOptions>("dyna", "Dyna: in a finite world full backups over a model learned by counting; elsewhere DQN or SAC on one-step rollouts in an ensemble, with the options of mbpo (Sutton 1990).", (w, o, k, m) => new DynaAgent(w, o, k, m));
            var neural = ModelBased(tabular.Name, tabular.Summary, DynaDefaults);
            bool IsContinuous(string world) => WorldCatalog.TryFind(world, out var entry) && !entry.IsFinite;
            return tabular with
            {
                DefaultOptions = world => IsContinuous(world) ? neural.DefaultOptions(world) : tabular.DefaultOptions(world),
                DefaultEpisodes = world => IsContinuous(world) ? neural.DefaultEpisodes(world) : tabular.DefaultEpisodes(world),
                Create = setup => setup.World.IsFinite ? tabular.Create(setup) : neural.Create(setup),
            };
        }
    }

    private static AgentEntry ModelBased(string name, string summary, Func<string, ModelBasedOptions> options) =>
        Neural(name, summary, options, 10, s => new ModelBasedAgent(s.World, s.Task, (ModelBasedOptions)s.Options, s.Key, s.Workers, s.Metrics));

    private static ModelBasedOptions DynaDefaults(string world) => new() { RandomSteps = 100, RetrainEvery = 50, UpdatesPerStep = 20, Model = new DynamicsOptions { HiddenLayers = 2, HiddenSize = 64, Stochastic = false } };

    // Nothing here has noise: members that draw what they are unsure of, and more updates than these, left a quarter of the runs with a poor policy (docs/results/model-based-learning.md).
    private static ModelBasedOptions MbpoDefaults(string world)
    {
        var options = Branched(world);
        return options with { Horizon = 10, UpdatesPerStep = world == "cartpole-swingup" ? 20 : 15, Model = options.Model with { Stochastic = false } };
    }

    private static ModelBasedOptions MopoDefaults(string world) => Branched(world) with { Horizon = 5, Penalty = 1.0 };

    // With γ = 0.99 the cart-pole is less steady: values of states that it has not been to grow too hopeful.
    private static ModelBasedOptions Branched(string world)
    {
        var options = new ModelBasedOptions { RealShare = 0.3 };
        return world == "cartpole-swingup" ? options with { Sac = options.Sac with { Discount = 0.98 } } : options;
    }

    private static ModelBasedOptions MveDefaults(string world) => new() { Use = ModelUse.ValueExpansion, Horizon = 3 };

    private static ModelBasedOptions SteveDefaults(string world) => new() { Use = ModelUse.WeightedExpansion, Horizon = 3 };

    private static PetsAgent Pets(AgentSetup setup)
    {
        // Sums of tensors are split by thread: the number must be the run's, not the machine's.
        torch.set_num_threads(setup.Workers.Count);
        return new PetsAgent(setup.World, setup.Task ?? throw new ArgumentException($"pets learns continuous dynamics; world '{setup.World.Name}' is finite."), (PetsOptions)setup.Options, setup.Key, setup.Workers, setup.Metrics);
    }

    // Where nothing ends and every step pays, a shorter view learns sooner.
    private static ActorCriticOptions ActorCriticDefaults(string world) => world switch
    {
        "pendulum" => new ActorCriticOptions { Discount = 0.95 },
        _ => new ActorCriticOptions(),
    };

    private static ModelCriticAgent ModelCritic(AgentSetup setup)
    {
        torch.set_num_threads(setup.Workers.Count);
        return new ModelCriticAgent(setup.World, setup.Task ?? throw new ArgumentException($"model-critic learns continuous dynamics; world '{setup.World.Name}' is finite."), (ModelCriticOptions)setup.Options, setup.Key, setup.Workers, setup.Metrics);
    }

    private static SvgAgent Svg(AgentSetup setup)
    {
        torch.set_num_threads(setup.Workers.Count);
        return new SvgAgent(setup.World, setup.Task ?? throw new ArgumentException($"svg learns continuous dynamics; world '{setup.World.Name}' is finite."), (SvgOptions)setup.Options, setup.Key, setup.Workers, setup.Metrics);
    }

    private static SvgOptions SvgDefaults(string world) => world switch
    {
        // The reward is flat but near its peak: it must be met by chance first.
        "cartpole-swingup" => new SvgOptions { Horizon = 25, RandomSteps = 400, ExplorationDeviation = 0.3 },
        _ => new SvgOptions(),
    };

    private static LocalModelsAgent LocalModels(AgentSetup setup)
    {
        var options = (EnsembleLocalModelsOptions)setup.Options;
        var task = setup.Task ?? throw new ArgumentException($"local-models learns continuous dynamics; world '{setup.World.Name}' is finite.");
        EnsemblePrior? prior = null;
        if (options.Fit == LocalFit.Ensemble && !setup.World.Actions.IsDiscrete)
        {
            torch.set_num_threads(setup.Workers.Count);
            prior = new EnsemblePrior(setup.World, task, options.Ensemble, setup.Key.Split("ensemble"), setup.Workers);
        }

        return new LocalModelsAgent(setup.World, task, options, setup.Key, setup.Metrics, prior);
    }

    // The first force must move a cart; later ones must keep neighbours apart.
    private static EnsembleLocalModelsOptions LocalModelsDefaults(string world) => world switch
    {
        "cartpole-altro" => new EnsembleLocalModelsOptions { InitialDeviation = 3.0, LeastDeviation = 0.1 },
        _ => new EnsembleLocalModelsOptions(),
    };

    // Presets are deviations from the general defaults that a world needs.
    private static PetsOptions PetsDefaults(string world) => world switch
    {
        // Episodes end after a few dozen steps until the model is right, and every step counts.
        "cartpole-continuous" => new PetsOptions { RandomSteps = 30 },
        "cartpole-swingup" => new PetsOptions { RandomSteps = 20, RetrainEvery = 10 },
        _ => new PetsOptions(),
    };

    private static int PetsEpisodes(string world) => world switch
    {
        "cartpole-swingup" => 15,
        "cartpole-continuous" or "pendulum" => 6,
        _ => 10,
    };
}
