using System.ComponentModel.DataAnnotations;

namespace Reverie.Agents.Finite;

/// <summary>What <see cref="E3Agent"/> holds returns to be.</summary>
public enum E3Form
{
    /// <summary>Discounted sums; plans are stationary and followed for T steps.</summary>
    Discounted,

    /// <summary>Sums of T steps without discount; a plan depends on the steps left.</summary>
    FiniteHorizon,
}

/// <summary>What <see cref="E3Agent"/> is about.</summary>
public enum E3Mode
{
    /// <summary>Balanced wandering in an unknown state.</summary>
    Wander,

    /// <summary>A plan to leave the known states.</summary>
    Explore,

    /// <summary>A plan to collect reward in the known states.</summary>
    Exploit,
}

/// <summary>Options of <see cref="E3Agent"/>.</summary>
public sealed record E3Options
{
    /// <summary>
    /// Tries K of each action after which a state is known; 0 for the number that the proof asks for (<see cref="PacBounds.E3Tries"/>), which is far more
    /// than is needed. Default 16; 0 to 1,000,000,000.
    /// </summary>
    [Range(0, 1_000_000_000)]
    public int K { get; init; } = 16;

    /// <summary>
    /// ε: the probability of leaving the known states within T steps from which on exploration is worth its while; and the accuracy of the proof, as a part of
    /// the greatest return. Default 0.1; above 0, below 1.
    /// </summary>
    [Range(1e-6, 0.999999)]
    public double Epsilon { get; init; } = 0.1;

    /// <summary>Probability δ of failure of the proof. Default 0.05; above 0, below 1.</summary>
    [Range(1e-12, 0.999999)]
    public double Delta { get; init; } = 0.05;

    /// <summary>What returns are. Default discounted.</summary>
    public E3Form Form { get; init; } = E3Form.Discounted;

    /// <summary>
    /// T; 0, the default, for the ε-horizon time (<see cref="PacBounds.Horizon"/>), or where returns have a finite horizon for the one at which the world
    /// should be planned. 0 to 1,000,000.
    /// </summary>
    [Range(0, 1_000_000)]
    public int Horizon { get; init; }

    /// <summary>
    /// Whether the number of states counts as unknown: K is then computed for a number that doubles whenever more were visited (section 7), and states whose
    /// tries no longer suffice are unknown again. Matters where K is 0. Default false.
    /// </summary>
    public bool StatesUnknown { get; init; }

    /// <summary>
    /// Whether to end, as published, with the plan to exploit when it is first chosen, rather than to ask again every T steps. Default true.
    /// </summary>
    public bool Terminate { get; init; } = true;

    /// <summary>The greatest reward of a step, r_max; none, the default, for what the world tells.</summary>
    public double? MaxReward { get; init; }

    /// <summary>Discount γ; 0, the default, for the world's own. 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double Discount { get; init; }

    /// <summary>Error of planned values at which to stop planning, as a part of the greatest reward's size. Default 1e-4; above 0, up to 1.</summary>
    [Range(1e-12, 1.0)]
    public double Precision { get; init; } = 1e-4;
}
