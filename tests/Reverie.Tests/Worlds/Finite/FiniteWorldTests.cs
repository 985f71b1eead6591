using Reverie.Models;
using Reverie.Models.Finite;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Tests.Worlds.Finite;

public class FiniteWorldTests
{
    /// <summary>Action 1 advances along four states for a reward of the state's number + 1; the last is terminal. Action 0 stays, for nothing.</summary>
    private static FiniteMdp Line()
    {
        var builder = new FiniteMdpBuilder(4, 2);
        for (int s = 0; s < 3; s++)
        {
            builder.Add(s, 0, s, 1.0, 0.0);
            builder.Add(s, 1, s + 1, 1.0, s + 1.0);
        }

        return builder.Build([1.0, 0.0, 0.0, 0.0], 0.5);
    }

    private static WorldSpec Spec(FiniteMdp mdp, int maxSteps = 100) =>
        new("line", [new("state")], ActionSpace.Discrete(mdp.Actions), maxSteps, 0.0) { States = mdp.States };

    [Fact]
    public void An_episode_ends_with_the_task_or_with_its_time()
    {
        Assert.Equal([new(1, false, false), new(2, false, false), new(3, true, false)], Walk(100));
        Assert.Equal([new(1, false, false), new(2, false, false), new(3, true, false)], Walk(3));
        Assert.Equal([new(1, false, false), new(2, false, true)], Walk(2));

        static List<StepResult> Walk(int maxSteps)
        {
            var world = new FiniteWorld(new FiniteProblem(Spec(Line(), maxSteps), Line()), RandomKey.FromSeed(1));
            var observation = new double[1];
            world.Reset(observation);
            Assert.Equal(0.0, observation[0]);
            List<StepResult> results = [];
            do
            {
                results.Add(world.Step([1.0], observation));
                Assert.Equal(results.Count, observation[0]);
            }
            while (!results[^1].Done);
            Assert.Throws<InvalidOperationException>(() => world.Step([1.0], observation));
            Assert.Equal(results.Count, world.Steps);
            world.Reset(observation);
            Assert.Equal(0.0, observation[0]);
            Assert.False(world.Step([0.0], observation).Done);
            return results;
        }
    }

    [Fact]
    public void Bad_calls_are_refused_and_leave_no_trace()
    {
        var problem = Slippery(1000);
        var (world, other) = (new FiniteWorld(problem, RandomKey.FromSeed(1)), new FiniteWorld(problem, RandomKey.FromSeed(1)));
        var (a, b) = (new double[1], new double[1]);
        Assert.Throws<InvalidOperationException>(() => world.Step([1.0], a));
        Assert.Throws<ArgumentException>(() => world.Reset(new double[2]));
        world.Reset(a);
        other.Reset(b);
        Assert.Throws<ArgumentException>(() => world.Step([4.0], a));
        Assert.Throws<ArgumentException>(() => world.Step([0.5], a));
        Assert.Throws<ArgumentException>(() => world.Step([1.0], new double[2]));
        Assert.Equal(0, world.Steps);
        for (int t = 0; t < 20; t++)
        {
            var result = world.Step([1.0], a);
            Assert.Equal(other.Step([1.0], b), result);
            Assert.Equal(b, a);
            if (result.Done)
            {
                world.Reset(a);
                other.Reset(b);
            }
        }
    }

    [Fact]
    public void A_change_holds_from_the_step_after_it_on()
    {
        // At first action 1 stays for −1; after two steps of the world's life, over episodes, it advances.
        var before = new FiniteMdpBuilder(4, 2);
        for (int s = 0; s < 3; s++)
        {
            before.Add(s, 0, s, 1.0, 0.0);
            before.Add(s, 1, s, 1.0, -1.0);
        }

        var mdp = before.Build([1.0, 0.0, 0.0, 0.0], 0.5);
        var problem = new FiniteProblem(Spec(mdp), mdp) { Changes = [new FiniteChange(2, Line())] };
        var world = new FiniteWorld(problem, RandomKey.FromSeed(1));
        var observation = new double[1];
        world.Reset(observation);
        Assert.Equal(-1.0, world.Step([1.0], observation).Reward);
        world.Reset(observation);
        Assert.Equal(-1.0, world.Step([1.0], observation).Reward);
        Assert.Equal(1.0, world.Step([1.0], observation).Reward);

        // Restored after the change, the world is the changed one.
        var saved = new StateDictionary();
        world.Save(saved, "w");
        var restored = new FiniteWorld(problem, RandomKey.FromSeed(2));
        restored.Load(saved, "w");
        Assert.Equal(2.0, restored.Step([1.0], observation).Reward);
    }

    [Fact]
    public void A_description_or_a_change_that_does_not_fit_is_refused()
    {
        var mdp = Line();
        var spec = Spec(mdp);
        var other = new FiniteMdpBuilder(5, 2).Build(null, 0.5);
        Refused(new FiniteProblem(spec with { States = 5 }, mdp));
        Refused(new FiniteProblem(spec with { Actions = ActionSpace.Discrete(3) }, mdp));
        Refused(new FiniteProblem(spec, mdp) { Changes = [new FiniteChange(5, other)] });
        Refused(new FiniteProblem(spec, mdp) { Changes = [new FiniteChange(5, mdp), new FiniteChange(5, mdp)] });
        var dead = new FiniteWorld(new FiniteProblem(spec with { States = 5 }, other), default);
        Assert.Throws<InvalidOperationException>(() => dead.Reset(new double[1]));

        static void Refused(FiniteProblem problem) => Assert.Throws<ArgumentException>(() => new FiniteWorld(problem, default));
    }

    [Fact]
    public void A_world_restored_in_mid_episode_continues_bit_for_bit()
    {
        var problem = Slippery(30);
        var (world, restored) = (new FiniteWorld(problem, RandomKey.FromSeed(7)), new FiniteWorld(problem, RandomKey.FromSeed(8)));
        var random = new RandomStream(RandomKey.FromSeed(9));
        var (a, b) = (new double[1], new double[1]);
        world.Reset(a);
        for (int t = 0; t < 41; t++)
        {
            if (world.Step([random.NextInt32(4)], a).Done)
            {
                world.Reset(a);
            }
        }

        var saved = new StateDictionary();
        world.Save(saved, "world");
        restored.Load(saved, "world");
        for (int t = 0; t < 200; t++)
        {
            double action = random.NextInt32(4);
            var result = world.Step([action], a);
            Assert.Equal(result, restored.Step([action], b));
            Assert.Equal(a, b);
            Assert.Equal(world.Steps, restored.Steps);
            if (result.Done)
            {
                world.Reset(a);
                restored.Reset(b);
                Assert.Equal(a, b);
            }
        }

        var small = new FiniteWorld(new FiniteProblem(Spec(Line()), Line()), default);
        saved.Set("large/counters", [4L, 10, 1, 1]);
        new RandomStream(default).Save(saved, "large/random");
        Assert.Throws<StateException>(() => small.Load(saved, "large"));
        Assert.Throws<StateException>(() => small.Load(saved, "elsewhere"));
    }

    [Fact]
    public void An_episode_that_runs_in_a_terminal_state_is_refused()
    {
        var maze = Mazes.Create(new DynaMazeOptions());
        int goal = Enumerable.Range(0, maze.Mdp.States).First(maze.Mdp.IsTerminal);
        var world = new FiniteWorld(maze, default);
        var saved = new StateDictionary();
        world.Save(saved, "w");
        saved.Set("w/counters", [goal, 3L, 3, 0]);
        world.Load(saved, "w");
        saved.Set("w/counters", [goal, 3L, 3, 1]);
        Assert.Throws<StateException>(() => world.Load(saved, "w"));
    }

    [Fact]
    public void The_model_simulates_from_any_state()
    {
        var model = new FiniteModel(Line());
        Batch states = Batch.Allocate(1, 5), actions = Batch.Allocate(1, 5), next = Batch.Allocate(1, 5);
        var (rewards, terminated) = (new float[states.Stride], new float[states.Stride]);
        new float[] { 0, 1, 2, 2, 3 }.CopyTo(states.Data);
        new float[] { 1, 0, 1, 0, 1 }.CopyTo(actions.Data);
        model.Step(states, actions, next, rewards, terminated, RandomKey.FromSeed(1));
        Assert.Equal([1, 1, 3, 2, 3], next.Data[..5]);
        Assert.Equal([1, 0, 3, 0, 0], rewards[..5]);
        Assert.Equal([0, 0, 1, 0, 1], terminated[..5]);
        Assert.Equal((1, 2, 4), (model.StateSize, model.Actions.Choices, model.Tabulate().States));
    }

    [Fact]
    public void The_model_draws_as_the_process_says()
    {
        const int Count = 20_000;
        var mdp = Slippery(100).Mdp;
        var model = new FiniteModel(mdp);
        Batch states = Batch.Allocate(1, Count), actions = Batch.Allocate(1, Count), next = Batch.Allocate(1, Count);
        var (rewards, terminated) = (new float[states.Stride], new float[states.Stride]);
        states.Data.Fill(14);
        actions.Data.Fill(2);
        model.Step(states, actions, next, rewards, terminated, RandomKey.FromSeed(4));

        // Of FrozenLake's state 14, right: down (14), right (15, the goal) and up (10), each with probability 1/3.
        float[] reached = next.Data[..Count].ToArray();
        Assert.All((int[])[10, 14, 15], s => Assert.Equal(1.0 / 3.0, reached.Count(n => n == s) / (double)Count, 0.017));
        Assert.Equal(reached.Count(n => n == 15), rewards[..Count].Count(r => r == 1f));
        Assert.Equal(reached.Count(n => n == 15), terminated[..Count].Count(e => e == 1f));
    }

    [Fact]
    public void Action_sequences_of_a_deterministic_process_are_worth_their_exact_returns()
    {
        // 1 + 2 γ + 3 γ² until the task ends, with γ = 0.5; whatever follows the end is worth nothing.
        var model = new FiniteModel(Line());
        var candidates = new ActionSequences(4, 1, 3);
        float[][] plans = [[1, 1, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0]];
        for (int t = 0; t < 4; t++)
        {
            for (int i = 0; i < 3; i++)
            {
                candidates.At(t).Data[i] = plans[i][t];
            }
        }

        var returns = new float[3];
        model.Evaluate([0.0], candidates, returns, RandomKey.FromSeed(1));
        Assert.Equal([1f + (0.5f * 2f) + (0.25f * 3f), (0.5f * 1f) + (0.125f * 2f), 0f], returns);
    }

    [Fact]
    public void A_sampling_planner_runs_on_the_model()
    {
        var model = new FiniteModel(Line());
        Assert.True(PlannerCatalog.TryFind("cem", out var cem));
        var planner = cem.Create(cem.DefaultOptions with { Horizon = 4, Population = 64 }, model, Spec(Line()));
        var action = new double[1];
        Assert.Equal(2.75, planner.Plan([0.0], action, RandomKey.FromSeed(1)), 1e-6);
        Assert.Equal(1.0, action[0]);
    }

    private static FiniteProblem Slippery(int maxSteps) => FrozenLake.Create(new FrozenLakeOptions { MaxSteps = maxSteps });
}
