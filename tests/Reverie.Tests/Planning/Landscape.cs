using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Tests.Planning;

/// <summary>A model that scores a plan by a function of its first state component and its actions, <c>[H × Size]</c>, and remembers what it was asked.</summary>
internal sealed class Landscape(ActionSpace actions, Func<double, double[], double> score) : IEvaluator
{
    public List<(double[][] Plans, float[] Returns)> Asked { get; } = [];

    public Func<double, double[], double> Score => score;

    public int StateSize => 1;

    public ActionSpace Actions => actions;

    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

    public void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key)
    {
        var plans = new double[candidates.Count][];
        for (int n = 0; n < plans.Length; n++)
        {
            plans[n] = new double[candidates.Horizon * candidates.ActionSize];
            for (int i = 0; i < plans[n].Length; i++)
            {
                plans[n][i] = candidates.At(i / candidates.ActionSize).Feature(i % candidates.ActionSize)[n];
            }

            returns[n] = (float)score(state[0], plans[n]);
        }

        Asked.Add((plans, returns[..plans.Length].ToArray()));
    }
}

/// <summary>The planners of the catalogue that score candidates, by name.</summary>
internal static class EveryPlanner
{
    public static IEnumerable<string> Names => PlannerCatalog.Entries.Where(e => e.Power == typeof(IEvaluator)).Select(e => e.Name);

    public static IPlanner Create(string name, IEvaluator model, int horizon, int population)
    {
        Assert.True(PlannerCatalog.TryFind(name, out var entry));
        var world = new WorldSpec("any", [new("x")], model.Actions, 100, 0.0);
        return entry.Create(entry.DefaultOptions with { Horizon = horizon, Population = population }, model, world);
    }
}
