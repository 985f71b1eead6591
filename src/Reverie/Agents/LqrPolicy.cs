using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;

namespace Reverie.Agents;

/// <summary>Acts by a linear feedback, u = kₜ − Kₜ x, limited to the action space: the linear-quadratic regulator, on any model that it came from.</summary>
/// <remarks>It is optimal for a linear-quadratic problem whose actions stay within their limits, and nearly so close to the point that a smooth model was expanded around.</remarks>
public sealed class LqrPolicy : IPolicy
{
    private readonly IModel model;
    private readonly ILinearPolicy controller;
    private readonly double[] state;
    private int step;

    /// <summary>A policy.</summary>
    /// <param name="model">Tells the state from the observation, and the limits.</param>
    /// <param name="controller">The feedback. One of a finite horizon ends the episode's actions there.</param>
    /// <exception cref="ArgumentException">The sizes differ, or actions are numbered.</exception>
    public LqrPolicy(IModel model, ILinearPolicy controller)
    {
        if (model.Actions.IsDiscrete || model.StateSize != controller.StateSize || model.Actions.Size != controller.ActionSize)
        {
            throw new ArgumentException($"The controller maps {controller.StateSize} states to {controller.ActionSize} controls; the model has {model.StateSize} and {(model.Actions.IsDiscrete ? "numbered actions" : model.Actions.Size)}.", nameof(controller));
        }

        (this.model, this.controller, state) = (model, controller, new double[model.StateSize]);
    }

    /// <summary>The steady regulator of a model expanded around a point.</summary>
    /// <param name="model">The model, smooth around the point.</param>
    /// <param name="state">x̄, <c>[StateSize]</c>, often one where the model rests.</param>
    /// <param name="action">ū, <c>[Actions.Size]</c>, strictly within its limits.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <exception cref="ArgumentException">A length or the discount is wrong, or the expansion has no stabilising regulator; the message says why.</exception>
    /// <exception cref="InvalidOperationException">There are no derivatives, e.g. because actions are numbered.</exception>
    public static LqrPolicy Around(ILinearizer model, ReadOnlySpan<double> state, ReadOnlySpan<double> action, double discount = 1.0)
    {
        var stage = new LinearQuadraticStage(model.StateSize, model.Actions.Size);
        new LinearQuadraticExpansion(model).Expand(state, action, stage);
        return new LqrPolicy(model, new InfiniteHorizonRegulator(stage, discount));
    }

    /// <inheritdoc/>
    public void Reset() => step = 0;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The controller's horizon is over.</exception>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        model.Locate(observation, state);
        controller.Act(step, state, action);
        model.Actions.Limit(action);
        step++;
    }

    /// <summary>Writes the step under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary dictionary, string prefix) => dictionary.Set($"{prefix}/step", [(long)step]);

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary dictionary, string prefix) => step = (int)dictionary.GetInt64($"{prefix}/step", 1)[0];
}
