using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Agents;

/// <summary>
/// Linear-quadratic-Gaussian control: a Kalman filter follows the state, and the regulator acts on its mean as if it were the state. With linear dynamics,
/// quadratic costs and Gaussian noise this is optimal (separation principle, Joseph and Tou 1961).
/// </summary>
/// <remarks>
/// Every decision updates with the observation, acts, and remembers the action for the next prediction. The filter is told the limited action, which is what
/// moves the world. A decision allocates nothing.
/// </remarks>
public sealed class LqgPolicy : IPolicy
{
    private readonly LinearGaussianModel model;
    private readonly ILinearPolicy controller;
    private readonly ActionSpace? actions;
    private readonly KalmanFilter filter;
    private readonly double[] startMean, startCovariance, lastAction;
    private int step;

    /// <summary>A policy.</summary>
    /// <param name="model">How the state moves and is seen.</param>
    /// <param name="controller">The regulator of the model without noise.</param>
    /// <param name="mean">μ of the start, before the first observation, <c>[n]</c>.</param>
    /// <param name="covariance">Σ of the start, row-major <c>[n, n]</c>, symmetric positive semidefinite.</param>
    /// <param name="actions">Limits of the actions; none for unlimited ones.</param>
    /// <exception cref="ArgumentException">A size is wrong.</exception>
    public LqgPolicy(LinearGaussianModel model, ILinearPolicy controller, ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance, ActionSpace? actions = null)
    {
        if (controller.StateSize != model.StateSize || controller.ActionSize != model.ActionSize || (actions is not null && (actions.IsDiscrete || actions.Size != model.ActionSize)))
        {
            throw new ArgumentException($"The controller maps {controller.StateSize} states to {controller.ActionSize} controls; the model has {model.StateSize} and {model.ActionSize}, and limits must be as many.", nameof(controller));
        }

        (this.model, this.controller, this.actions) = (model, controller, actions);
        filter = new KalmanFilter(model.StateSize, model.ActionSize, model.ObservationSize);
        filter.Reset(mean, covariance);
        (startMean, startCovariance, lastAction) = (mean.ToArray(), covariance.ToArray(), new double[model.ActionSize]);
    }

    /// <summary>The belief that the last action was chosen by.</summary>
    public KalmanFilter Belief => filter;

    /// <inheritdoc/>
    public void Reset()
    {
        filter.Reset(startMean, startCovariance);
        step = 0;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The controller's horizon is over.</exception>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        Shapes.Require(observation.Length, model.ObservationSize, nameof(observation));
        Shapes.Require(action.Length, model.ActionSize, nameof(action));
        if (step > 0)
        {
            filter.Predict(model, lastAction);
        }

        filter.Update(model, observation);
        controller.Act(step, filter.Mean, action);
        actions?.Limit(action);
        action.CopyTo(lastAction);
        step++;
    }

    /// <summary>Writes belief, last action and step under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary dictionary, string prefix)
    {
        dictionary.Set($"{prefix}/mean", filter.Mean);
        dictionary.Set($"{prefix}/covariance", filter.Covariance);
        dictionary.Set($"{prefix}/action", lastAction);
        dictionary.Set($"{prefix}/step", [(long)step]);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary dictionary, string prefix)
    {
        int n = model.StateSize;
        filter.Reset(dictionary.GetDouble($"{prefix}/mean", n), dictionary.GetDouble($"{prefix}/covariance", n * n));
        dictionary.GetDouble($"{prefix}/action", lastAction.Length).CopyTo(lastAction);
        step = (int)dictionary.GetInt64($"{prefix}/step", 1)[0];
    }
}
