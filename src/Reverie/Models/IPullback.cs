namespace Reverie.Models;

/// <summary>
/// The second power in reverse: steps many items side by side, remembers each step, and pulls gradients of a sum of rewards back through it. What a policy gradient asks for:
/// products with transposed Jacobians cost far less than the Jacobians.
/// </summary>
/// <remarks>All batches are row-major, an item a row. For one caller at a time; a call with the same t overwrites what was remembered of that step.</remarks>
public interface IPullback : IModel
{
    /// <summary>O, the length of an observation.</summary>
    int ObservationSize { get; }

    /// <summary>Makes room. What was remembered is forgotten where the room is another than before.</summary>
    /// <param name="steps">H, at least 1: steps 0 to H − 1 may be taken, and states 0 to H observed.</param>
    /// <param name="items">N, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    void Reserve(int steps, int items);

    /// <summary>What would be seen in the states before step t.</summary>
    /// <param name="t">0 to H.</param>
    /// <param name="states">x, <c>[N, n]</c>.</param>
    /// <param name="observations">Receives o, <c>[N, O]</c>.</param>
    void Observe(int t, ReadOnlySpan<double> states, Span<double> observations);

    /// <summary>Takes step t with every item.</summary>
    /// <param name="t">0 to H − 1.</param>
    /// <param name="states">x, <c>[N, n]</c>.</param>
    /// <param name="actions">u, <c>[N, m]</c>, continuous.</param>
    /// <param name="next">Receives x', <c>[N, n]</c>.</param>
    /// <param name="rewards">Receives r, <c>[N]</c>.</param>
    /// <param name="terminated">Receives whether the task ended in x', <c>[N]</c>.</param>
    void Step(int t, ReadOnlySpan<double> states, ReadOnlySpan<double> actions, Span<double> next, Span<double> rewards, Span<bool> terminated);

    /// <summary>∂L/∂x = Aᵀ ∂L/∂x' + w ∂r/∂x and ∂L/∂u = Bᵀ ∂L/∂x' + w ∂r/∂u at step t, r taken as a function of (x, u) alone.</summary>
    /// <param name="t">A step that was taken.</param>
    /// <param name="next">∂L/∂x', <c>[N, n]</c>.</param>
    /// <param name="weights">w, what each item's reward weighs in L, <c>[N]</c>.</param>
    /// <param name="states">Receives ∂L/∂x, <c>[N, n]</c>.</param>
    /// <param name="actions">Receives ∂L/∂u, <c>[N, m]</c>.</param>
    void Pull(int t, ReadOnlySpan<double> next, ReadOnlySpan<double> weights, Span<double> states, Span<double> actions);

    /// <summary>Adds (∂o/∂x)ᵀ ∂L/∂o to ∂L/∂x, at states that were observed before step t.</summary>
    /// <param name="t">0 to H.</param>
    /// <param name="observations">∂L/∂o, <c>[N, O]</c>.</param>
    /// <param name="states">What it is added to, <c>[N, n]</c>.</param>
    void PullObservations(int t, ReadOnlySpan<double> observations, Span<double> states);
}
