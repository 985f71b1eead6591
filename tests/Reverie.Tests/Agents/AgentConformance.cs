using Reverie.Agents;
using Reverie.Experience;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Agents;

/// <summary>What every agent owes whoever owns the loop. A test class for an agent derives from it and says how to make one.</summary>
public abstract class AgentConformance
{
    private const int Steps = 45;

    /// <summary>The world; its episodes must be short enough that some end within 45 steps, and 45 not a multiple of their length.</summary>
    protected virtual WorldEntry World => WorldCatalog.Entries.Single(e => e.Name == "pendulum");

    /// <summary>The world's options.</summary>
    protected virtual object WorldOptions => new PendulumOptions { MaxSteps = 20 };

    /// <summary>An observation to ask the policy about, number <paramref name="t"/>.</summary>
    protected virtual void Show(int t, Span<double> observation) => observation[0] = Math.Cos(t);

    /// <summary>An agent at tiny settings, which has begun to learn and plan, if ever it does, within 30 steps.</summary>
    protected abstract IAgent Create(WorldSpec spec, RandomKey key, Workers workers);

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        using var first = new Life(this, 1);
        using var second = new Life(this, 1);
        using var other = new Life(this, 2);
        var actions = first.Live(Steps);
        Assert.Equal(actions, second.Live(Steps));
        Assert.Equal(first.Bytes(), second.Bytes());
        Assert.NotEqual(actions, other.Live(Steps));
    }

    [Fact]
    public void An_agent_restored_in_the_middle_of_an_episode_goes_on_bit_for_bit()
    {
        using var life = new Life(this, 1);
        life.Live(Steps);
        var saved = life.Save();
        var wanted = life.Live(Steps);
        byte[] bytes = life.Bytes();

        // One that was made under another seed and has lived differently.
        using var restored = new Life(this, 2);
        restored.Live(33);
        restored.Load(saved);
        Assert.Equal(wanted, restored.Live(Steps));
        Assert.Equal(bytes, restored.Bytes());
    }

    [Fact]
    public void Acting_with_the_policy_leaves_no_trace()
    {
        using var life = new Life(this, 1);
        using var undisturbed = new Life(this, 1);
        life.Live(Steps);
        undisturbed.Live(Steps);
        byte[] before = life.Bytes();
        var chosen = Evaluate(life);
        Assert.Equal(chosen, Evaluate(life));
        Assert.Equal(before, life.Bytes());
        Assert.Equal(undisturbed.Live(Steps), life.Live(Steps));

        List<double> Evaluate(Life life)
        {
            var policy = life.Agent.Policy(new RandomStream(RandomKey.FromSeed(77)));
            policy.Reset();
            List<double> chosen = [];
            var (observation, action) = (new double[life.Spec.ObservationSize], new double[life.Spec.Actions.Size]);
            for (int t = 0; t < 5; t++)
            {
                Show(t, observation);
                policy.Act(observation, action);
                chosen.AddRange(action);
            }

            return chosen;
        }
    }

    [Fact]
    public void Actions_are_within_the_action_space()
    {
        using var life = new Life(this, 3);
        int size = life.Spec.Actions.Size;
        var actions = life.Live(Steps);
        for (int i = 0; i < actions.Count; i++)
        {
            Assert.InRange(actions[i], life.Spec.Actions.Low[i % size], life.Spec.Actions.High[i % size]);
        }

        Assert.True(actions.Distinct().Count() > 1);
    }

    [Fact]
    public void Wrong_sizes_are_refused_with_what_was_given_and_what_is_wanted()
    {
        using var life = new Life(this, 1);
        int o = life.Spec.ObservationSize, u = life.Spec.Actions.Size;
        foreach (bool planned in (bool[])[false, true])
        {
            var policy = life.Agent.Policy(new RandomStream(default));
            foreach (var act in (Action<double[], double[]>[])[(x, y) => life.Agent.Act(x, y), (x, y) => policy.Act(x, y)])
            {
                Refused(() => act(new double[o + 1], new double[u]), o + 1, o);
                Refused(() => act(new double[o - 1], new double[u]), o - 1, o);
                Refused(() => act(new double[o], new double[u + 1]), u + 1, u);
                Refused(() => act(new double[o], []), 0, u);
            }

            Refused(() => Tell(o + 1, u, o), o + 1, o);
            Refused(() => Tell(o, u + 1, o), u + 1, u);
            Refused(() => Tell(o, u, o - 1), o - 1, o);
            life.Live(Steps);
        }

        void Tell(int observation, int action, int next) => life.Agent.Observe(new Transition
        {
            Observation = new double[observation],
            Action = new double[action],
            Reward = 0,
            NextObservation = new double[next],
            Terminated = false,
            Truncated = false,
        });

        static void Refused(Action action, int given, int wanted)
        {
            var message = Assert.ThrowsAny<ArgumentException>(action).Message;
            Assert.Contains(given.ToString(System.Globalization.CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
            Assert.Contains(wanted.ToString(System.Globalization.CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
        }
    }

    /// <summary>An agent in its world.</summary>
    private sealed class Life : IDisposable
    {
        private readonly Workers workers = new(2);
        private readonly IWorld world;
        private readonly double[] observation;
        private readonly double[] next;
        private bool running;

        public Life(AgentConformance suite, long seed)
        {
            world = suite.World.CreateWorld(suite.WorldOptions, RandomKey.FromSeed(seed).Split("world"));
            Agent = suite.Create(world.Spec, RandomKey.FromSeed(seed).Split("agent"), workers);
            (observation, next) = (new double[Spec.ObservationSize], new double[Spec.ObservationSize]);
        }

        public IAgent Agent { get; }

        public WorldSpec Spec => world.Spec;

        /// <summary>Lives some steps and returns what was done.</summary>
        public List<double> Live(int steps)
        {
            List<double> done = [];
            var action = new double[Spec.Actions.Size];
            for (int i = 0; i < steps; i++)
            {
                if (!running)
                {
                    world.Reset(observation);
                }

                Agent.Act(observation, action);
                done.AddRange(action);
                var result = world.Step(action, next);
                Agent.Observe(new Transition
                {
                    Observation = observation,
                    Action = action,
                    Reward = result.Reward,
                    NextObservation = next,
                    Terminated = result.Terminated,
                    Truncated = result.Truncated,
                });
                next.CopyTo(observation, 0);
                running = !result.Done;
            }

            return done;
        }

        public StateDictionary Save()
        {
            var state = new StateDictionary();
            Agent.Save(state, "agent");
            world.Save(state, "world");
            state.Set("observation", observation);
            state.Set("running", [running ? 1L : 0L]);
            return state;
        }

        public void Load(StateDictionary state)
        {
            Agent.Load(state, "agent");
            world.Load(state, "world");
            state.GetDouble("observation").CopyTo(observation);
            running = state.GetInt64("running")[0] != 0;
        }

        public byte[] Bytes()
        {
            string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            try
            {
                Safetensors.Write(path, Save());
                return File.ReadAllBytes(path);
            }
            finally
            {
                File.Delete(path);
            }
        }

        public void Dispose()
        {
            (Agent as IDisposable)?.Dispose();
            workers.Dispose();
        }
    }
}
