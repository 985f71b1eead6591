namespace Reverie.Models;

/// <summary>
/// Imagines trajectories open loop, once for each member of an ensemble: how far a learned model can be trusted, and where its
/// members part. Agents whose model can be looked into have it.
/// </summary>
public interface IImagination
{
    /// <summary>Members of the ensemble, K; 1 for a single model.</summary>
    int Members { get; }

    /// <summary>Imagines from B starts what would be seen after each of H actions, every member by its own mean prediction.</summary>
    /// <param name="starts">B.</param>
    /// <param name="observations">What is seen at the starts, <c>[B][ObservationSize]</c>.</param>
    /// <param name="actions">The actions, <c>[B][H][Actions.Size]</c>.</param>
    /// <param name="imagined">Receives the observations after each action, <c>[K][B][H][ObservationSize]</c>.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    void Imagine(int starts, ReadOnlySpan<double> observations, ReadOnlySpan<double> actions, Span<double> imagined);
}
