namespace Reverie.Models;

/// <summary>
/// Imagines a trajectory open loop, once for each member of an ensemble: how far a learned model can be trusted, and where its
/// members part. Agents whose model can be looked into have it.
/// </summary>
public interface IImagination
{
    /// <summary>Members of the ensemble, K; 1 for a single model.</summary>
    int Members { get; }

    /// <summary>Imagines what would be seen after each of H actions, every member by its mean prediction.</summary>
    /// <param name="observation">What is seen at the start, <c>[ObservationSize]</c>.</param>
    /// <param name="actions">The actions, <c>[H][Actions.Size]</c>.</param>
    /// <param name="imagined">Receives the observations after each action, <c>[K][H][ObservationSize]</c>.</param>
    void Imagine(ReadOnlySpan<double> observation, ReadOnlySpan<double> actions, Span<double> imagined);
}
