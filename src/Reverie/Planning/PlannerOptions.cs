using System.ComponentModel.DataAnnotations;
using Reverie.Worlds;

namespace Reverie.Planning;

/// <summary>What all sampling planners are told.</summary>
public abstract record PlannerOptions
{
    /// <summary>Steps to look ahead, H; 0 (the default) takes the world's own planning horizon. 0 to 10,000.</summary>
    /// <remarks>A planner's constructor knows no world and refuses 0: <see cref="For"/> fills it in, as <see cref="PlannerCatalog"/> does.</remarks>
    [Range(0, 10_000)]
    public int Horizon { get; init; }

    /// <summary>Candidate plans scored in an iteration, N. The default is the planner's own; 2 to 1,000,000.</summary>
    [Range(2, 1_000_000)]
    public int Population { get; init; } = 400;

    /// <summary>Steps for which a draw of the noise is held; 0 (the default) takes the world's own. 0 to 1000.</summary>
    [Range(0, 1000)]
    public int Hold { get; init; }

    /// <summary>Refuses options with which no planner can work.</summary>
    /// <exception cref="ArgumentException">One is out of its range, or the horizon is 0.</exception>
    internal void Check()
    {
        OptionRanges.Checked(this);
        if (Horizon == 0)
        {
            throw new ArgumentOutOfRangeException("options", $"Horizon is {Horizon}; a planner needs at least 1. PlannerOptions.For takes the world's own.");
        }
    }

    /// <summary>These options with what they leave to the world filled in.</summary>
    /// <exception cref="ArgumentException">One is out of its range.</exception>
    public virtual PlannerOptions For(WorldSpec world) => OptionRanges.Checked(this) with
    {
        Horizon = Horizon > 0 ? Horizon : world.PlanningHorizon,
        Hold = Hold > 0 ? Hold : world.PlanningHold,
    };
}
