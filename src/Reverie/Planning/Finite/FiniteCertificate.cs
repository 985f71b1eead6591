using Reverie.Numerics;
using Reverie.Worlds.Finite;

namespace Reverie.Planning.Finite;

/// <summary>Says of any values, wherever they come from, how far from V* they can be.</summary>
public static class FiniteCertificate
{
    /// <summary>Makes one sweep from the values; its change bounds their error, as it does for the solvers.</summary>
    /// <param name="mdp">The process.</param>
    /// <param name="values">V, <c>[S]</c>, finite. In terminal states it counts as 0; where every step of an undiscounted problem costs, so does what is above 0.</param>
    /// <param name="reason">Why whoever found them stopped.</param>
    /// <param name="workers">Threads that share the sweep; null for the caller's alone.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <exception cref="ArgumentException">The values have the wrong length or are not finite, or the process has no finite values.</exception>
    public static FiniteSolution Certify(FiniteMdp mdp, ReadOnlySpan<double> values, StopReason reason, Workers? workers = null, CancellationToken cancel = default)
    {
        if (values.Length != mdp.States || values.ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
        {
            throw new ArgumentException($"There must be a finite value for each of {mdp.States} states; {values.Length} were given.", nameof(values));
        }

        mdp = Undiscounted.EndAbsorbing(mdp);
        var bounds = ErrorBounds.Of(mdp, workers, cancel);
        var (before, after) = (values.ToArray(), new double[mdp.States]);
        for (int s = 0; s < before.Length; s++)
        {
            before[s] = mdp.IsTerminal(s) ? 0.0 : bounds is CostBounds costs ? costs.Clip(s, before[s]) : before[s];
        }

        var sweep = new BellmanSweep(mdp, workers);
        var residual = sweep.Improve(before, after);
        return bounds.Solution(residual, before, after, sweep, 1, mdp.States, reason);
    }
}
