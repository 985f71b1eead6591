using Reverie.Numerics;
using Reverie.Worlds;
using Reverie.Worlds.Finite;

namespace Reverie.Models.Finite;

/// <summary>
/// A model that is a finite Markov decision process: it simulates from any state, evaluates action sequences and tabulates. Its state is the number of
/// a state, in a vector of length one.
/// </summary>
/// <remarks>Batches hold floats: it takes at most 2²⁴ states. Results do not depend on the number of threads.</remarks>
public sealed class FiniteModel : ISimulator, IEvaluator, ITabulator
{
    private const int MostStates = 1 << 24;

    private readonly FiniteMdp mdp;
    private readonly RolloutEvaluator evaluator;

    /// <summary>A model.</summary>
    /// <param name="mdp">The process; its discount weighs rewards in <see cref="Evaluate"/>.</param>
    /// <exception cref="ArgumentException">There are too many states, or fewer than two actions.</exception>
    public FiniteModel(FiniteMdp mdp)
    {
        if (mdp.States > MostStates)
        {
            throw new ArgumentException($"The process has {mdp.States} states; batches of floats tell at most {MostStates} apart.", nameof(mdp));
        }

        this.mdp = mdp;
        Actions = ActionSpace.Discrete(mdp.Actions);
        evaluator = new RolloutEvaluator(this, mdp.Discount);
    }

    /// <inheritdoc/>
    public int StateSize => 1;

    /// <inheritdoc/>
    public ActionSpace Actions { get; }

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => observation.CopyTo(state);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A batch has the wrong shape.</exception>
    public void Step(Batch states, Batch actions, Batch next, Span<float> rewards, Span<float> terminated, RandomKey key)
    {
        Shapes.RequireStep(states, actions, next, rewards, terminated, StateSize, Actions.Size);
        var random = new RandomStream(key);
        for (int n = 0; n < states.Count; n++)
        {
            int state = (int)states.Data[n];
            double quantile = random.NextDouble();
            var outcome = mdp.IsTerminal(state) ? new FiniteOutcome(state, 0.0, Terminated: true) : mdp.Draw(mdp.Row(state, (int)actions.Data[n]), quantile);
            next.Data[n] = outcome.Next;
            rewards[n] = (float)outcome.Reward;
            terminated[n] = outcome.Terminated || mdp.IsTerminal(outcome.Next) ? 1f : 0f;
        }
    }

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<double> state, ActionSequences candidates, Span<float> returns, RandomKey key) =>
        evaluator.Evaluate(state, candidates, returns, key);

    /// <inheritdoc/>
    public FiniteMdp Tabulate() => mdp;
}
