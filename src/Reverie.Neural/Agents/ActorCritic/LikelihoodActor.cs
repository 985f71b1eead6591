using Reverie.Agents;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>Acts one step at a time with a <see cref="LikelihoodPolicy"/>: by a draw, or, where no randomness is given, by the likeliest action.</summary>
internal sealed class LikelihoodActor(WorldSpec spec, LikelihoodPolicy policy, RandomStream? random = null) : IPolicy
{
    private readonly PolicyPasses passes = new(policy, 1);
    private readonly double[] executed = new double[policy.Actions.Size];

    /// <summary>The last draw.</summary>
    public double[] LastDraw { get; } = new double[policy.Actions.Size];

    /// <inheritdoc/>
    public void Reset()
    {
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        spec.RequireSizes(observation, action);
        passes.Show(0, observation);
        passes.Forward();
        if (random is null)
        {
            passes.Mode(0, LastDraw);
        }
        else
        {
            passes.Draw(0, random, LastDraw);
        }

        policy.Execute(LastDraw, action);
    }

    /// <summary>The draw behind an action that was taken: the last one if it led there, else one that would have.</summary>
    public void DrawOf(ReadOnlySpan<double> action, Span<double> draw)
    {
        policy.Execute(LastDraw, executed);
        if (action.SequenceEqual(executed))
        {
            LastDraw.CopyTo(draw);
        }
        else
        {
            policy.Invert(action, draw);
        }
    }
}
