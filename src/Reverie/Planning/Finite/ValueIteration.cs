using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>When value iteration stops.</summary>
public enum StopCriterion
{
    /// <summary>When every value is guaranteed to be within the precision. Where nothing is guaranteed, as <see cref="Change"/>.</summary>
    Bounds,

    /// <summary>When no value changed by more than the precision.</summary>
    Change,
}

/// <summary>Options of <see cref="ValueIteration"/>.</summary>
public sealed record ValueIterationOptions : SweepOptions
{
    /// <summary>When to stop. Default <c>bounds</c>.</summary>
    public StopCriterion Criterion { get; init; } = StopCriterion.Bounds;

    /// <summary>Whether actions that the bounds show not to be optimal are left out from then on; the values stay the same. Default true.</summary>
    public bool Eliminate { get; init; } = true;
}

/// <summary>
/// Value iteration (Bellman 1957; Puterman 1994, section 6.3): V₀ = 0, Vₙ₊₁(s) = maxₐ r(s,a) + γ Σ p(s'|s,a) Vₙ(s'), until the bounds of MacQueen (1966) and
/// Porteus (1975) are close enough, with MacQueen's (1967) elimination of actions that they show not to be optimal.
/// </summary>
/// <remarks>
/// Undiscounted: where going on for ever costs and the end can be reached, and where every policy ends, the error is guaranteed too. Otherwise the bounds are
/// infinite, it stops at a <see cref="StopReason.Change"/>, and of actions that are equally good the policy may take one that stays where it is.
/// </remarks>
public sealed class ValueIteration : IFiniteSolver
{
    private readonly ValueIterationOptions options;

    /// <summary>A solver.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public ValueIteration(ValueIterationOptions options)
    {
        options.Validate();
        this.options = options;
    }

    /// <inheritdoc/>
    public FiniteSolution Solve(FiniteMdp mdp, Workers? workers, CancellationToken cancel)
    {
        mdp = Undiscounted.EndAbsorbing(mdp);
        var bounds = ErrorBounds.Of(mdp, workers, cancel);
        var sweep = new BellmanSweep(mdp, workers);
        var (values, next) = (new double[mdp.States], new double[mdp.States]);
        double slack = double.PositiveInfinity;
        for (long n = 1; ; n++)
        {
            cancel.ThrowIfCancellationRequested();
            var residual = sweep.Improve(values, next, slack);
            if (Reason(bounds, residual, n) is { } reason)
            {
                return bounds.Solution(residual, values, next, sweep, n, n * mdp.States, reason);
            }

            slack = options.Eliminate ? bounds.Slack(residual) : double.PositiveInfinity;
            (values, next) = (next, values);
        }
    }

    private StopReason? Reason(ErrorBounds bounds, in Residual residual, long sweeps)
    {
        double width = bounds.HalfWidth(residual);
        return options.Criterion == StopCriterion.Bounds && width <= options.Precision ? StopReason.Bounds
            : residual.Change <= ChangeAtWhichToStop(bounds, residual) ? StopReason.Change
            : sweeps >= options.MaxSweeps ? StopReason.Limit
            : null;
    }

    // Changes as small as rounding errors lead nowhere.
    private double ChangeAtWhichToStop(ErrorBounds bounds, in Residual residual) =>
        options.Criterion == StopCriterion.Bounds && bounds.Guarantees ? residual.Rounding : options.Precision;
}
