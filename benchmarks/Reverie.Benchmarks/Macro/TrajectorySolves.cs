using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Macro;

/// <summary>Whole trajectories optimised by iLQR and DDP, one thread: time of a solve and of an iteration, against a rollout of the model alone in the same run.</summary>
internal sealed class TrajectorySolves : IMacroBenchmark
{
    public string Name => "trajectories";

    public string Summary => "microseconds an iteration and milliseconds a solve of the reference problems of trajectory optimisation, one thread";

    public IEnumerable<MacroRow> Run() =>
    [
        .. Rows("car-parking", new CarParkingOptions(), "at most 302 µs an iteration, half of 604"),
        .. Rows("cartpole-altro", new CartPoleAltroOptions { ControlLimit = 3, InitialControl = 0.01 }, "at most 57 µs, half of 114", ", |u| ≤ 3"),
        .. Rows("cartpole-altro", new CartPoleAltroOptions(), "at most 43.5 µs, half of 87"),
        .. Rows("acrobot-trajax", new AcrobotTrajaxOptions(), "at most 15 µs, half of 30"),
        .. Rows("pendulum-altro", new PendulumAltroOptions(), "at most 10.5 µs, half of 21"),
        .. Rows("unicycle", new UnicycleOptions(), ""),
        .. Rows("quadrotor-gap", new QuadrotorGapOptions(), ""),
    ];

    private static IEnumerable<MacroRow> Rows(string world, object worldOptions, string goal, string remark = "")
    {
        _ = WorldCatalog.TryFind(world, out var entry);
        var spec = entry!.Describe(worldOptions);
        var model = (ILinearizer)entry.CreateModel(worldOptions);
        var start = new double[spec.ObservationSize];
        entry.CreateWorld(worldOptions, RandomKey.FromSeed(1)).Reset(start);
        var state = new double[model.StateSize];
        model.Locate(start, state);
        var actions = new double[spec.MaxSteps * spec.Actions.Size];
        Array.Fill(actions, spec.InitialAction);
        var path = new Trajectory(model.StateSize, spec.Actions.Size, spec.MaxSteps);
        state.CopyTo(path.State(0));
        actions.CopyTo(path.Actions, 0);

        void RollOut()
        {
            for (int t = 0; t < path.Horizon; t++)
            {
                model.Predict(path.State(t), path.Action(t), path.State(t + 1));
            }
        }

        foreach (var (name, options) in new (string, IlqrOptions)[] { ("iLQR", new IlqrOptions()), ("DDP", new DdpOptions()) })
        {
            var solver = new IterativeLqr(model, options with { Horizon = spec.MaxSteps, Discount = 1.0 });
            var solution = solver.Solve(state, actions);
            void Solve() => solver.Solve(state, actions);
            var (rate, rollouts, ratio) = Race.Run(Solve, solution.Iterations, RollOut, 1);
            yield return new($"µs an iteration, {name}, {world}{remark}", 1e6 / rate, "µs a rollout of the model", 1e6 / rollouts, 1.0 / ratio, name == "iLQR" ? goal : "");
            yield return new($"ms a solve ({solution.Iterations} iterations, cost {solution.Cost:G9})", 1e3 * solution.Iterations / rate, "", double.NaN, double.NaN, name == "iLQR" && world == "car-parking" ? "at most 68 ms, half of 137" : "");
            yield return new("bytes allocated by a solve", Race.BytesPerCall(Solve, 20), "", double.NaN, double.NaN, "0");
        }
    }
}
