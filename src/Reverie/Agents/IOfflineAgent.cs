using Reverie.Experience;

namespace Reverie.Agents;

/// <summary>
/// An agent that can learn from logged trajectories alone, without a world: it is told of them once, then improves step by step for as long as whoever owns the loop likes.
/// Saved and restored it goes on with the same bits; what it remembers is part of its state.
/// </summary>
public interface IOfflineAgent : IAgent
{
    /// <summary>Takes logged trajectories for its experience; learns nothing yet.</summary>
    /// <param name="log">At least one transition, of the agent's world.</param>
    /// <exception cref="ArgumentException">The log is of other sizes, is empty, or has more transitions than the agent can remember.</exception>
    void Remember(TrajectoryLog log);

    /// <summary>
    /// One step of learning from what it remembers: the smallest after which its policy may be evaluated and its state saved, e.g. a gradient step of a policy, or a
    /// training of a model.
    /// </summary>
    /// <returns>Whether another step may improve it further; false where there is nothing left to learn.</returns>
    /// <exception cref="InvalidOperationException">It remembers nothing.</exception>
    bool Improve();
}
