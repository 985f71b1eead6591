using Reverie.Numerics;

namespace Reverie.Models;

/// <summary>
/// What is wanted, apart from how the world moves: reward and termination as functions of observations. A learned dynamics
/// model is given one when reward and termination are known.
/// </summary>
public interface ITask
{
    /// <summary>Scores imagined steps.</summary>
    /// <param name="observations">o, <c>[ObservationSize][N]</c>.</param>
    /// <param name="actions">u, <c>[Actions.Size][N]</c>.</param>
    /// <param name="next">o', <c>[ObservationSize][N]</c>.</param>
    /// <param name="rewards">Receives r, <c>[N]</c> padded to whole lanes.</param>
    /// <param name="terminated">Receives 1 where the task ended in o', else 0, <c>[N]</c> padded to whole lanes.</param>
    void Score(Batch observations, Batch actions, Batch next, Span<float> rewards, Span<float> terminated);

    /// <summary>The reward of one step over any scalar (for derivatives).</summary>
    /// <param name="observation">o, <c>[ObservationSize]</c>.</param>
    /// <param name="action">u, <c>[Actions.Size]</c>.</param>
    /// <param name="next">o', <c>[ObservationSize]</c>.</param>
    T Reward<T>(ReadOnlySpan<T> observation, ReadOnlySpan<T> action, ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T>;

    /// <summary>What the end of a plan or an episode at its time limit brings beside the last step's reward; 0 unless implemented.</summary>
    /// <param name="observation">o, <c>[ObservationSize]</c>.</param>
    T FinalReward<T>(ReadOnlySpan<T> observation)
        where T : unmanaged, IScalar<T> => 0.0;
}
