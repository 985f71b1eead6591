using Reverie.Experience;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents.Finite;

/// <summary>
/// E³, explicit explore or exploit (Kearns and Singh 2002): in states not yet known try every action equally often; in known ones make a plan for T steps,
/// to leave them if that can be done with some probability, or else to collect reward within them, which then is near-optimal.
/// </summary>
/// <remarks>
/// <para>M̂ is the model learned of the known states, with all others as one absorbing state that pays nothing; M̂' is the same with that state paying r_max
/// and nothing else paying. From a known state the agent explores by the optimal plan of M̂' where it leaves the known states within T steps with a
/// probability of at least ε, and exploits by the optimal plan of M̂ otherwise (section 6.3, where the optimal return is not known). Plans are made when a
/// state becomes known, from all that was then counted.</para>
/// <para>The paper's rewards are not negative. Where the world's are, 'nothing' is the least reward in each step, which is as if all were shifted by it.</para>
/// <para>In unknown states ties between least-tried actions are broken at random, in <see cref="Policy"/> too, which in known ones follows M̂; plans and
/// <see cref="GreedyPolicy"/> take the lowest-numbered.</para>
/// </remarks>
public sealed class E3Agent : ITabularAgent
{
    private readonly E3Options options;
    private readonly TabularSpace space;
    private readonly MetricSink? metrics;
    private readonly RandomStream random;
    private readonly E3Plans plans;
    private readonly SeenList visited;
    private readonly SeenList known;
    private int assumedStates;
    private int left;

    /// <summary>An agent that knows nothing.</summary>
    /// <param name="world">The world; finite.</param>
    /// <param name="options">The options.</param>
    /// <param name="key">The agent's randomness.</param>
    /// <param name="metrics">
    /// Receives the number of known states whenever it changes, <c>e3/known</c>, and with it K, <c>e3/tries</c>; the mode whenever it changes, <c>e3/mode</c>,
    /// as a number of <see cref="E3Mode"/>; and of the state in which a plan is chosen the values in both models and the probability of escape,
    /// <c>e3/exploitValue</c>, <c>e3/exploreValue</c>, <c>e3/escape</c>.
    /// </param>
    /// <exception cref="ArgumentException">The world is not finite, its greatest reward is unknown or no more than its least, its discount is 1 where it matters, its plans would be too large, or an option is out of range.</exception>
    public E3Agent(WorldSpec world, E3Options options, RandomKey key, MetricSink? metrics = null)
    {
        (this.options, this.metrics) = (OptionRanges.Checked(options), metrics);
        space = new TabularSpace(world, "e3", options.Discount);
        bool finite = options.Form == E3Form.FiniteHorizon;
        if (!finite)
        {
            space.RequireDiscounting();
        }

        double reward = space.RequireMaxReward(options.MaxReward) - space.Floor;
        if (!(reward > 0))
        {
            throw new ArgumentException($"e3 needs a greatest reward above {space.Floor}; it is {reward + space.Floor}.", nameof(options));
        }

        int horizon = options.Horizon > 0 ? options.Horizon : finite ? space.PlanningHorizon : PacBounds.Horizon(space.Discount, options.Epsilon);
        if (finite && (long)horizon * space.States > Array.MaxLength)
        {
            throw new ArgumentException($"e3's plans have an action for each of {space.States} states and {horizon} steps left, more than {Array.MaxLength}: set a shorter horizon.", nameof(options));
        }

        random = new RandomStream(key);
        Model = new EmpiricalModel(space.States, space.Actions, finite ? 1.0 : space.Discount);
        plans = new E3Plans(space, Model, horizon, finite, reward, options.Precision * reward);
        (visited, known) = (new SeenList(space.States), new SeenList(space.States));
        assumedStates = options.StatesUnknown ? 1 : space.States;
        K = TriesFor(assumedStates);
    }

    /// <summary>The learned model.</summary>
    public EmpiricalModel Model { get; }

    /// <summary>Tries of each action after which a state is known.</summary>
    public long K { get; private set; }

    /// <summary>T.</summary>
    public int Horizon => plans.Horizon;

    /// <summary>The known states, in the order in which they became known.</summary>
    public ReadOnlySpan<int> Known => known.Items;

    /// <summary>What it is about.</summary>
    public E3Mode Mode { get; private set; } = E3Mode.Wander;

    /// <summary>Whether it found exploration no longer worth its while, and has ended with its plan.</summary>
    public bool Finished { get; private set; }

    /// <summary>The probability of leaving the known states within T steps by the plan of M̂', <c>[S]</c>; 1 in unknown ones.</summary>
    public ReadOnlySpan<double> Escape => plans.Escape;

    /// <summary>Values in M̂', <c>[S]</c>; those in M̂ are <see cref="Values"/>.</summary>
    public ReadOnlySpan<double> ExplorationValues => plans.ExploreValues;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        int s = space.State(observation, action);
        if (!known.Contains(s))
        {
            left = 0;
            Enter(E3Mode.Wander);
            action[0] = LeastTried(s, random);
            return;
        }

        if (left == 0)
        {
            ChoosePlan(s);
        }

        action[0] = Mode == E3Mode.Explore ? plans.Explore(s, left) : plans.Exploit(s, left);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The transition is not one of the world.</exception>
    public void Observe(in Transition transition)
    {
        var (s, a, _, r, next, terminated, done) = space.Read(transition);
        Model.Record(s, a, r, next, terminated);
        left = done ? 0 : Math.Max(left - 1, 0);
        if (visited.Add(s) && visited.Count > assumedStates)
        {
            AssumeMoreStates();
        }

        if (TriesOf(s) >= K && known.Add(s))
        {
            KnowMore();
        }
    }

    /// <inheritdoc/>
    public IPolicy Policy(RandomStream random) => new ExploitationPolicy(this, random);

    /// <inheritdoc/>
    public void GreedyPolicy(Span<int> policy)
    {
        RequireRoom(policy.Length, nameof(policy));
        for (int s = 0; s < policy.Length; s++)
        {
            policy[s] = known.Contains(s) ? plans.Exploit(s, Horizon) : LeastTried(s, null);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Values in M̂, of T steps in the form with a finite horizon; unknown states are worth what the absorbing state is.</remarks>
    public void Values(Span<double> values)
    {
        RequireRoom(values.Length, nameof(values));
        plans.ExploitValues.CopyTo(values);
    }

    /// <inheritdoc/>
    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/counters", [assumedStates, K, left, (long)Mode, Finished ? 1 : 0]);
        random.Save(state, $"{prefix}/random");
        Model.Save(state, $"{prefix}/model");
        visited.Save(state, $"{prefix}/visited");
        known.Save(state, $"{prefix}/known");
        plans.Save(state, $"{prefix}/plans");
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
        var counters = state.GetInt64($"{prefix}/counters", 5);
        (assumedStates, K, left, Mode, Finished) = ((int)counters[0], counters[1], (int)counters[2], (E3Mode)counters[3], counters[4] != 0);
        random.Load(state, $"{prefix}/random");
        Model.Load(state, $"{prefix}/model");
        visited.Load(state, $"{prefix}/visited");
        known.Load(state, $"{prefix}/known");
        plans.Load(state, $"{prefix}/plans");
    }

    /// <summary>Explore while the known states can be left, else exploit.</summary>
    private void ChoosePlan(int s)
    {
        bool explore = !Finished && plans.Escape[s] >= options.Epsilon;
        Finished |= !explore && options.Terminate;
        left = Horizon;
        Enter(explore ? E3Mode.Explore : E3Mode.Exploit);
        metrics?.Invoke("e3/exploitValue", plans.ExploitValues[s]);
        metrics?.Invoke("e3/exploreValue", plans.ExploreValues[s]);
        metrics?.Invoke("e3/escape", plans.Escape[s]);
    }

    private void Enter(E3Mode mode)
    {
        if (mode != Mode)
        {
            Mode = mode;
            metrics?.Invoke("e3/mode", (double)mode);
        }
    }

    private void KnowMore()
    {
        left = 0;
        plans.Make(known.Items);
        metrics?.Invoke("e3/known", known.Count);
        metrics?.Invoke("e3/tries", K);
    }

    /// <summary>More states were visited than assumed: assume twice as many, and ask of each as many tries as that takes.</summary>
    private void AssumeMoreStates()
    {
        assumedStates = Math.Min(2 * assumedStates, space.States);
        K = TriesFor(assumedStates);
        int before = known.Count;
        known.RemoveWhere(s => TriesOf(s) < K);
        if (known.Count != before)
        {
            KnowMore();
        }
    }

    private long TriesFor(int states) => options.K > 0
        ? options.K
        : PacBounds.E3Tries(states, space.Actions, options.Epsilon, options.Delta, plans.Horizon, 1.0);

    /// <summary>Tries of the least-tried action.</summary>
    private long TriesOf(int s) => Model.Visits((s * space.Actions) + LeastTried(s, null));

    /// <summary>Balanced wandering: the action tried least, the lowest-numbered of several where there is nothing to draw from.</summary>
    private int LeastTried(int s, RandomStream? ties)
    {
        int first = s * space.Actions, best = 0, count = 0;
        long least = long.MaxValue;
        for (int a = 0; a < space.Actions; a++)
        {
            long n = Model.Visits(first + a);
            if (n < least)
            {
                (best, least, count) = (a, n, 1);
            }
            else if (n == least && ties?.NextInt32(++count) == 0)
            {
                best = a;
            }
        }

        return best;
    }

    private void RequireRoom(int length, string name)
    {
        if (length != space.States)
        {
            throw new ArgumentException($"There is room for {length} states; the world has {space.States}.", name);
        }
    }

    /// <summary>The plan of M̂, T steps of it again and again; balanced wandering outside the known states.</summary>
    private sealed class ExploitationPolicy(E3Agent agent, RandomStream random) : IPolicy
    {
        private int left;

        public void Reset() => left = 0;

        public void Act(ReadOnlySpan<double> observation, Span<double> action)
        {
            int s = agent.space.State(observation, action);
            left = left > 0 ? left : agent.Horizon;
            action[0] = agent.known.Contains(s) ? agent.plans.Exploit(s, left) : agent.LeastTried(s, random);
            left--;
        }
    }
}
