using Reverie.Experience;
using Reverie.Worlds;

namespace Reverie.Agents.Finite;

/// <summary>What a tabular agent knows of its world beforehand: sizes, discount, the range of rewards. It reads observations as numbers of states.</summary>
internal sealed class TabularSpace
{
    private readonly WorldSpec spec;

    /// <summary>Refuses a world that is not finite.</summary>
    /// <param name="spec">The world.</param>
    /// <param name="agent">The agent's name in commands, for messages.</param>
    /// <param name="discount">γ; 0 for the world's own.</param>
    /// <exception cref="ArgumentException">The world is not finite, or too large for a table.</exception>
    public TabularSpace(WorldSpec spec, string agent, double discount)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (!spec.IsFinite || !spec.Actions.IsDiscrete)
        {
            throw new ArgumentException($"{agent} needs a finite world, with numbered states and actions; '{spec.Name}' is not one.", nameof(spec));
        }

        if ((long)spec.States * spec.Actions.Choices > Array.MaxLength)
        {
            throw new ArgumentException($"{agent} keeps a table; the {spec.States} states and {spec.Actions.Choices} actions of '{spec.Name}' are more than {Array.MaxLength} pairs.", nameof(spec));
        }

        (this.spec, Name) = (spec, agent);
        Discount = discount > 0 ? discount : spec.Discount;
    }

    public string Name { get; }

    public int States => spec.States;

    public int Actions => spec.Actions.Choices;

    public int Rows => States * Actions;

    public double Discount { get; }

    public int MaxSteps => spec.MaxSteps;

    public int PlanningHorizon => spec.PlanningHorizon;

    public double LeastReward => spec.MinReward;

    public double GreatestReward => spec.MaxReward;

    /// <summary>The least reward where it is known to be below 0, else 0.</summary>
    public double Floor => double.IsFinite(spec.MinReward) ? Math.Min(spec.MinReward, 0.0) : 0.0;

    /// <summary>What a state can be worth at most: r_max for ever, or, where that is below 0, once.</summary>
    public double MostValue(double maxReward) => maxReward > 0 ? maxReward / (1.0 - Discount) : maxReward;

    /// <summary>r_max: what the options say, or else the world.</summary>
    /// <exception cref="ArgumentException">Neither knows it.</exception>
    public double RequireMaxReward(double? given)
    {
        double reward = given is { } value && double.IsFinite(value) ? value : spec.MaxReward;
        return double.IsFinite(reward)
            ? reward
            : throw new ArgumentException($"{Name} must know the greatest reward of a step; world '{spec.Name}' does not tell it: set maxReward.", nameof(given));
    }

    /// <summary>Refuses a discount under which optimism has no bound.</summary>
    /// <exception cref="ArgumentException">The discount is 1.</exception>
    public void RequireDiscounting()
    {
        if (!(Discount < 1.0))
        {
            throw new ArgumentException($"{Name} needs a discount below 1; world '{spec.Name}' has {Discount}: set discount.");
        }
    }

    /// <summary>The state that is seen before acting.</summary>
    /// <exception cref="ArgumentException">A length is wrong, or the observation is no state's number.</exception>
    public int State(ReadOnlySpan<double> observation, ReadOnlySpan<double> action)
    {
        spec.RequireSizes(observation, action);
        return Number(observation[0]);
    }

    /// <summary>A transition in numbers.</summary>
    /// <exception cref="ArgumentException">A length is wrong, an observation or the action is no number of a state or an action, or the reward is not finite.</exception>
    public TabularStep Read(in Transition transition)
    {
        spec.RequireSizes(transition.Observation, transition.Action);
        spec.RequireSizes(transition.NextObservation, transition.Action);
        spec.Actions.Validate(transition.Action);
        if (!double.IsFinite(transition.Reward))
        {
            throw new ArgumentException($"The reward is {transition.Reward}; it must be finite.", nameof(transition));
        }

        int state = Number(transition.Observation[0]), action = (int)transition.Action[0];
        return new(state, action, (state * Actions) + action, transition.Reward, Number(transition.NextObservation[0]), transition.Terminated, transition.Done);
    }

    private int Number(double observation)
    {
        int state = (int)observation;
        return state == observation && (uint)state < (uint)States
            ? state
            : throw new ArgumentException(FormattableString.Invariant($"Observation {observation} is no state of world '{spec.Name}': 0 to {States - 1}."), nameof(observation));
    }
}

/// <summary>A real step in numbers.</summary>
internal readonly record struct TabularStep(int State, int Action, int Row, double Reward, int Next, bool Terminated, bool Done);
