using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Models;

/// <summary>Reverse differentiation of any model that linearizes: it remembers every step's Jacobians, and multiplies by them transposed.</summary>
public sealed class LinearizerPullback : IPullback
{
    private readonly ILinearizer model;
    private readonly ITask? termination;
    private Linearization[] points = [];
    private double[] jacobians = [], jacobian = [], seenBefore = [], seenAfter = [];
    private TerminationTest? test;
    private int steps, items;

    /// <summary>Gradients by a model's Jacobians.</summary>
    /// <param name="model">The model; its (mean) dynamics are followed.</param>
    /// <param name="termination">Tells where the task ends; null where it never does.</param>
    /// <exception cref="ArgumentException">The model's actions are discrete.</exception>
    public LinearizerPullback(ILinearizer model, ITask? termination = null)
    {
        if (model.Actions.IsDiscrete)
        {
            throw new ArgumentException($"The model has {model.Actions.Choices} numbered actions; gradients pass through continuous ones alone.", nameof(model));
        }

        (this.model, this.termination) = (model, termination);
    }

    /// <inheritdoc/>
    public int StateSize => model.StateSize;

    /// <inheritdoc/>
    public ActionSpace Actions => model.Actions;

    /// <inheritdoc/>
    public int ObservationSize => model.ObservationSize;

    /// <inheritdoc/>
    public void Locate(ReadOnlySpan<double> observation, Span<double> state) => model.Locate(observation, state);

    /// <inheritdoc/>
    public void Reserve(int steps, int items)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        if ((steps, items) == (this.steps, this.items))
        {
            return;
        }

        (this.steps, this.items) = (steps, items);
        int n = StateSize, o = ObservationSize;
        points = [.. Enumerable.Range(0, steps * items).Select(_ => new Linearization(n, Actions.Size))];
        jacobians = new double[(steps + 1) * items * o * n];
        (seenBefore, seenAfter, jacobian) = (new double[items * o], new double[items * o], new double[o * n]);
        test = termination is null ? null : new TerminationTest(termination, o, Actions.Size, items);
    }

    /// <inheritdoc/>
    public void Observe(int t, ReadOnlySpan<double> states, Span<double> observations)
    {
        int n = StateSize, o = ObservationSize;
        for (int i = 0; i < items; i++)
        {
            model.Observe(states.Slice(i * n, n), observations.Slice(i * o, o), jacobians.AsSpan(((t * items) + i) * o * n, o * n));
        }
    }

    /// <inheritdoc/>
    public void Step(int t, ReadOnlySpan<double> states, ReadOnlySpan<double> actions, Span<double> next, Span<double> rewards, Span<bool> terminated)
    {
        int n = StateSize, m = Actions.Size;
        for (int i = 0; i < items; i++)
        {
            var point = points[(t * items) + i];
            model.Linearize(states.Slice(i * n, n), actions.Slice(i * m, m), point);
            point.Next.CopyTo(next.Slice(i * n, n));
            rewards[i] = point.Reward;
        }

        terminated.Clear();
        if (test is not null)
        {
            Terminate(test, states, actions, next, terminated);
        }
    }

    /// <inheritdoc/>
    public void Pull(int t, ReadOnlySpan<double> next, ReadOnlySpan<double> weights, Span<double> states, Span<double> actions)
    {
        int n = StateSize, m = Actions.Size;
        for (int i = 0; i < items; i++)
        {
            var point = points[(t * items) + i];
            var costate = next.Slice(i * n, n);
            Dense.TransposeMultiply(point.StateJacobian, costate, states.Slice(i * n, n), n, n, 1);
            Dense.AddScaled(weights[i], point.RewardState, states.Slice(i * n, n));
            Dense.TransposeMultiply(point.ActionJacobian, costate, actions.Slice(i * m, m), m, n, 1);
            Dense.AddScaled(weights[i], point.RewardAction, actions.Slice(i * m, m));
        }
    }

    /// <inheritdoc/>
    public void PullObservations(int t, ReadOnlySpan<double> observations, Span<double> states)
    {
        int n = StateSize, o = ObservationSize;
        for (int i = 0; i < items; i++)
        {
            Dense.AddTransposeProduct(1.0, jacobians.AsSpan(((t * items) + i) * o * n, o * n), observations.Slice(i * o, o), states.Slice(i * n, n), n, o, 1);
        }
    }

    private void Terminate(TerminationTest test, ReadOnlySpan<double> states, ReadOnlySpan<double> actions, ReadOnlySpan<double> next, Span<bool> terminated)
    {
        int n = StateSize, o = ObservationSize;
        for (int i = 0; i < items; i++)
        {
            model.Observe(states.Slice(i * n, n), seenBefore.AsSpan(i * o, o), jacobian);
            model.Observe(next.Slice(i * n, n), seenAfter.AsSpan(i * o, o), jacobian);
        }

        test.Run(seenBefore, actions, seenAfter, terminated);
    }
}
