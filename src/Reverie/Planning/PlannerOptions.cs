using System.ComponentModel.DataAnnotations;
using Reverie.Worlds;

namespace Reverie.Planning;

/// <summary>What all sampling planners are told.</summary>
public abstract record PlannerOptions
{
    /// <summary>Steps to look ahead, H; 0 (the default) takes the world's own planning horizon. 0 to 10,000.</summary>
    [Range(0, 10_000)]
    public int Horizon { get; init; }

    /// <summary>Candidate plans scored in an iteration, N. Default 400; 2 to 1,000,000.</summary>
    [Range(2, 1_000_000)]
    public int Population { get; init; } = 400;

    /// <summary>Steps for which a draw of the noise is held; 0 (the default) takes the world's own. 0 to 1000.</summary>
    [Range(0, 1000)]
    public int Hold { get; init; }

    /// <summary>These options with what they leave to the world filled in.</summary>
    public virtual PlannerOptions For(WorldSpec world) => this with
    {
        Horizon = Horizon > 0 ? Horizon : world.PlanningHorizon,
        Hold = Hold > 0 ? Hold : world.PlanningHold,
    };
}
