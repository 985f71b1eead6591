using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Macro;

/// <summary>
/// Decisions a second of every planner on the cart-pole swing-up's exact model: the model transitions that go through the whole
/// planner against those of the bare model, and the bytes a decision allocates.
/// </summary>
internal sealed class PlanningDecisions : IMacroBenchmark
{
    private const int Horizon = 25;

    public string Name => "planning";

    public string Summary => "planning decisions a second, and bytes allocated by one";

    public IEnumerable<MacroRow> Run()
    {
        using var workers = new Workers(Environment.ProcessorCount);
        foreach (var entry in PlannerCatalog.Entries.Where(e => e.Power == typeof(IEvaluator)))
        {
            var model = new CountingModel(new AnalyticModel<CartPoleSwingUp>(new CartPoleSwingUp(new CartPoleSwingUpOptions()), 1.0, workers));
            var planner = entry.Create(entry.DefaultOptions with { Horizon = Horizon }, model, new CartPoleSwingUp(new CartPoleSwingUpOptions()).Spec);
            var (state, action, key) = (new double[] { 0, 0, Math.PI, 0 }, new double[1], RandomKey.FromSeed(1));
            long decision = 0;
            void Decide() => planner.Plan(state, action, key.Split(decision++));

            Decide();
            long before = model.Transitions;
            Decide();
            double transitions = model.Transitions - before;

            // The bare model scores one batch of the planner's last candidates.
            var (candidates, returns) = (model.Candidates!, new float[model.Candidates!.Count]);
            void Score() => model.Bare.Evaluate(state, candidates, returns, key);
            var (rate, reference, ratio) = Race.Run(Decide, transitions, Score, candidates.Count * candidates.Horizon);
            yield return new($"million transitions/s through {entry.Name}", rate / 1e6, "the bare model", reference / 1e6, ratio);
            yield return new($"decisions/s of {entry.Name} ({transitions:N0} transitions each)", rate / transitions, "", double.NaN, double.NaN);
            yield return new($"bytes allocated per decision of {entry.Name}", Race.BytesPerCall(Decide, 20), "", double.NaN, double.NaN, "0");
        }
    }

    /// <summary>Counts the transitions that a planner asks for.</summary>
    private sealed class CountingModel(IEvaluator bare) : IEvaluator
    {
        public IEvaluator Bare => bare;

        public long Transitions { get; private set; }

        public ActionSequences? Candidates { get; private set; }

        public int StateSize => bare.StateSize;

        public ActionSpace Actions => bare.Actions;

        public void Locate(ReadOnlySpan<double> observation, Span<double> state) => bare.Locate(observation, state);

        public void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key)
        {
            Transitions += (long)candidates.Count * candidates.Horizon;
            Candidates = candidates;
            bare.Evaluate(state, candidates, returns, key);
        }
    }
}
