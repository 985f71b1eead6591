using System.ComponentModel.DataAnnotations;
using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Planning.Control;

/// <summary>Options of <see cref="LqrPlanner"/>. <see cref="PlannerOptions.Population"/> and <see cref="PlannerOptions.Hold"/> have no use: it draws nothing.</summary>
public sealed record LqrOptions : PlannerOptions
{
    /// <summary>x̄, the state around which the model is expanded, <c>[StateSize]</c>, finite. Default empty, which stands for zeros.</summary>
    public double[] Point { get; init; } = [];

    /// <summary>γ in (0, 1]; 0 (the default) takes the world's own.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; }

    /// <inheritdoc/>
    public override PlannerOptions For(WorldSpec world)
    {
        var options = (LqrOptions)base.For(world);
        return options with { Discount = options.Discount > 0 ? options.Discount : world.Discount };
    }
}

/// <summary>
/// The best of all plans of H steps, where the model is linear and the reward quadratic: the model is expanded once, around a point and the middle of the
/// actions' box, and <see cref="FiniteHorizonRegulator"/> minimises −Σₜ₌₀ᴴ⁻¹ γᵗ rₜ − γᴴ r_H, r_H what the end counts. A decision is the first step's u = k − K x, limited to the box.
/// </summary>
/// <remarks>Exact on <c>linear</c> while limits do not bind; elsewhere good near the point alone. It looks at no limits or terminations ahead, and has no warm start.</remarks>
public sealed class LqrPlanner : IPlanner
{
    private readonly ActionSpace actions;
    private readonly FiniteHorizonRegulator regulator;

    /// <summary>Expands the model and solves.</summary>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, the point has the wrong length or a number that is not finite, actions are numbered, or the expansion has no best plan: its reward is not concave in
    /// the actions.
    /// </exception>
    public LqrPlanner(ILinearizer model, LqrOptions options)
    {
        double[] point = Expand(model, options, out var stage);
        var end = new QuadraticCost(model.StateSize);
        ExpandEnd(model, point, end);
        actions = model.Actions;
        regulator = new FiniteHorizonRegulator(model.StateSize, actions.Size, options.Horizon);
        regulator.Solve(stage, end, options.Discount);
    }

    /// <summary>The model around the point and the middle of the actions' box, its options checked.</summary>
    /// <returns>The point, <c>[n]</c>.</returns>
    internal static double[] Expand(ILinearizer model, LqrOptions options, out LinearQuadraticStage stage)
    {
        options.Check();
        Discounts.Require(options.Discount);
        int n = model.StateSize;
        double[] point = options.Point is { Length: > 0 } given ? given : new double[n];
        if (point.Length != n || !Array.TrueForAll(point, double.IsFinite))
        {
            throw new ArgumentException($"Point is [{string.Join(", ", point)}]; {n} finite numbers are wanted.", nameof(options));
        }

        if (model.Actions.IsDiscrete)
        {
            throw new ArgumentException($"The model has {model.Actions.Choices} numbered actions; the regulator needs continuous ones.", nameof(model));
        }

        double[] middle = [.. model.Actions.Low.Zip(model.Actions.High, (low, high) => 0.5 * (low + high))];
        stage = new LinearQuadraticStage(n, model.Actions.Size);
        new LinearQuadraticExpansion(model).Expand(point, middle, stage);
        return point;
    }

    /// <summary>−r_T ≈ ½ xᵀPx + pᵀx + s around a point, in x itself.</summary>
    internal static void ExpandEnd(ILinearizer model, ReadOnlySpan<double> point, QuadraticCost end)
    {
        int n = model.StateSize;
        model.QuadratizeFinalReward(point, end.Slope, end.Hessian);
        Dense.Scale(-1.0, end.Hessian);
        Dense.Scale(-1.0, end.Slope);
        Dense.AddProduct(-1.0, end.Hessian, point, end.Slope, n, n, 1);
        end.Constant = -model.FinalReward(point) - (0.5 * Dense.Form(point, end.Hessian, point)) - Dense.Dot(end.Slope, point);
    }

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The state or the action has the wrong length.</exception>
    public double Plan(ReadOnlySpan<double> state, Span<double> action, RandomKey key)
    {
        regulator.Act(0, state, action);
        actions.Limit(action);
        return -regulator.Value(0, state);
    }

    /// <inheritdoc/>
    /// <remarks>There is nothing to write.</remarks>
    public void Save(StateDictionary state, string prefix)
    {
    }

    /// <inheritdoc/>
    public void Load(StateDictionary state, string prefix)
    {
    }
}
