using Reverie.Models;
using Reverie.Numerics;

namespace Reverie.Planning.Control;

/// <summary>
/// The linear-quadratic regulator over H steps, time-varying, with cross and affine terms (Bertsekas, Dynamic Programming and Optimal Control I, section 3.1):
/// minimises Σₜ γᵗ costₜ(xₜ, uₜ) + γᴴ V_H(x_H) over u₀ … u_H₋₁ by dynamic programming backwards in time. The optimal policy is
/// uₜ = kₜ − Kₜ xₜ, the cost to go Vₜ(x) = ½ xᵀPₜx + pₜᵀx + sₜ.
/// </summary>
/// <remarks>
/// Made once with room for H steps; solving again allocates nothing. Noise of zero mean in the dynamics changes neither Kₜ nor kₜ (certainty equivalence),
/// only sₜ, which leaves it out. One instance solves one problem at a time.
/// </remarks>
public sealed class FiniteHorizonRegulator : ILinearPolicy
{
    private readonly RiccatiStep backup;
    private readonly double[] gains, feedforwards, hessians, slopes, constants;

    /// <summary>Room for problems of H steps.</summary>
    /// <param name="stateSize">n, at least 1.</param>
    /// <param name="actionSize">m, at least 1.</param>
    /// <param name="horizon">H, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public FiniteHorizonRegulator(int stateSize, int actionSize, int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stateSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        (StateSize, ActionSize, Horizon) = (stateSize, actionSize, horizon);
        backup = new RiccatiStep(stateSize, actionSize);
        gains = new double[horizon * actionSize * stateSize];
        feedforwards = new double[horizon * actionSize];
        hessians = new double[(horizon + 1) * stateSize * stateSize];
        slopes = new double[(horizon + 1) * stateSize];
        constants = new double[horizon + 1];
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <inheritdoc/>
    public int ActionSize { get; }

    /// <summary>H.</summary>
    public int Horizon { get; }

    /// <summary>Solves a problem whose steps are all alike.</summary>
    /// <param name="stage">Every step.</param>
    /// <param name="terminal">V_H.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <exception cref="ArgumentException">A size or the discount is wrong, or there is no minimum: R + γ BᵀPB is not positive definite at the step that the message names.</exception>
    public void Solve(LinearQuadraticStage stage, QuadraticCost terminal, double discount = 1.0) => Solve(new ReadOnlySpan<LinearQuadraticStage>(in stage), terminal, discount);

    /// <summary>Solves a problem.</summary>
    /// <param name="stages">The steps in order, <c>[H]</c>, or one for all of them.</param>
    /// <param name="terminal">V_H.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <exception cref="ArgumentException">A size or the discount is wrong, or there is no minimum: R + γ BᵀPB is not positive definite at the step that the message names.</exception>
    public void Solve(ReadOnlySpan<LinearQuadraticStage> stages, QuadraticCost terminal, double discount = 1.0)
    {
        if (!TrySolve(stages, terminal, out int failed, discount))
        {
            throw new ArgumentException($"R + γ BᵀPB is not positive definite at step {failed} of {Horizon}: the cost has no least value over the actions there.", nameof(stages));
        }
    }

    /// <summary>Solves a problem if it has a minimum.</summary>
    /// <param name="stages">The steps in order, <c>[H]</c>, or one for all of them.</param>
    /// <param name="terminal">V_H.</param>
    /// <param name="failedStep">The step t whose R + γ BᵀPₜ₊₁B is not positive definite, from which on the solution is valid; −1 where there is none.</param>
    /// <param name="discount">γ in (0, 1].</param>
    /// <returns>Whether the problem was solved.</returns>
    /// <exception cref="ArgumentException">A size or the discount is wrong.</exception>
    public bool TrySolve(ReadOnlySpan<LinearQuadraticStage> stages, QuadraticCost terminal, out int failedStep, double discount = 1.0)
    {
        Require(stages, terminal, discount);
        terminal.Hessian.CopyTo(At(hessians, Horizon, StateSize * StateSize));
        terminal.Slope.CopyTo(At(slopes, Horizon, StateSize));
        constants[Horizon] = terminal.Constant;
        for (int t = Horizon - 1; t >= 0; t--)
        {
            bool solved = backup.TryRun(
                stages[stages.Length == 1 ? 0 : t],
                discount,
                ValueHessian(t + 1),
                ValueSlope(t + 1),
                constants[t + 1],
                At(hessians, t, StateSize * StateSize),
                At(slopes, t, StateSize),
                out constants[t],
                At(gains, t, ActionSize * StateSize),
                At(feedforwards, t, ActionSize));
            if (!solved)
            {
                failedStep = t;
                return false;
            }
        }

        failedStep = -1;
        return true;
    }

    /// <summary>Kₜ, row-major <c>[m, n]</c>, for t from 0 to H − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public ReadOnlySpan<double> Gain(int step) => At(gains, step, ActionSize * StateSize);

    /// <summary>kₜ, <c>[m]</c>, for t from 0 to H − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public ReadOnlySpan<double> Feedforward(int step) => At(feedforwards, step, ActionSize);

    /// <summary>Pₜ, row-major <c>[n, n]</c>, symmetric, for t from 0 to H.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public ReadOnlySpan<double> ValueHessian(int step) => At(hessians, step, StateSize * StateSize);

    /// <summary>pₜ, <c>[n]</c>, for t from 0 to H.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public ReadOnlySpan<double> ValueSlope(int step) => At(slopes, step, StateSize);

    /// <summary>Vₜ(x), the least cost from step t on, discounted to that step, for t from 0 to H.</summary>
    /// <param name="step">t.</param>
    /// <param name="state">x, <c>[n]</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    /// <exception cref="ArgumentException">The state has the wrong length.</exception>
    public double Value(int step, ReadOnlySpan<double> state)
    {
        Shapes.Require(state.Length, StateSize, nameof(state));
        return (0.5 * Dense.Form(state, ValueHessian(step), state)) + Dense.Dot(ValueSlope(step), state) + constants[step];
    }

    /// <inheritdoc/>
    public void Act(int step, ReadOnlySpan<double> state, Span<double> action)
    {
        Shapes.Require(state.Length, StateSize, nameof(state));
        Shapes.Require(action.Length, ActionSize, nameof(action));
        Feedforward(step).CopyTo(action);
        Dense.AddProduct(-1.0, Gain(step), state, action, ActionSize, StateSize, 1);
    }

    private static Span<double> At(double[] data, int step, int size)
    {
        int steps = data.Length / size;
        return (uint)step < (uint)steps
            ? data.AsSpan(step * size, size)
            : throw new ArgumentOutOfRangeException(nameof(step), step, $"The step must be at least 0 and at most {steps - 1}.");
    }

    private void Require(ReadOnlySpan<LinearQuadraticStage> stages, QuadraticCost terminal, double discount)
    {
        Discounts.Require(discount);
        if (stages.Length != Horizon && stages.Length != 1)
        {
            throw new ArgumentException($"'{nameof(stages)}' has {stages.Length} steps; {Horizon}, or one for all, are wanted.", nameof(stages));
        }

        foreach (var stage in stages)
        {
            stage.Require(StateSize, ActionSize, nameof(stages));
        }

        Shapes.Require(terminal.StateSize, StateSize, nameof(terminal));
    }
}
