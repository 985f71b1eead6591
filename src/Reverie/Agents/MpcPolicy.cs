using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;

namespace Reverie.Agents;

/// <summary>
/// Receding-horizon model-predictive control: at every step locate the state, plan, execute the first action, forget the rest but
/// for the planner's warm start. Works with any planner on any model.
/// </summary>
public sealed class MpcPolicy : IPolicy
{
    private readonly IModel model;
    private readonly IPlanner planner;
    private readonly RandomStream random;
    private readonly double[] state;

    /// <summary>A controller.</summary>
    /// <param name="model">The model that the planner searches.</param>
    /// <param name="planner">The planner.</param>
    /// <param name="random">One key is drawn from it for each decision.</param>
    public MpcPolicy(IModel model, IPlanner planner, RandomStream random)
    {
        (this.model, this.planner, this.random) = (model, planner, random);
        state = new double[model.StateSize];
    }

    /// <summary>The return that the last decision's plan was expected to bring.</summary>
    public double ExpectedReturn { get; private set; }

    /// <inheritdoc/>
    public void Reset() => planner.Reset();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(ReadOnlySpan<double> observation, Span<double> action)
    {
        if (action.Length != model.Actions.Size)
        {
            throw new ArgumentException($"The action has {action.Length} components; the model takes {model.Actions.Size}.", nameof(action));
        }

        model.Locate(observation, state);
        ExpectedReturn = planner.Plan(state, action, random.NextKey());
    }

    /// <summary>Writes warm start and random stream under <paramref name="prefix"/>.</summary>
    public void Save(StateDictionary dictionary, string prefix)
    {
        planner.Save(dictionary, $"{prefix}/planner");
        random.Save(dictionary, $"{prefix}/random");
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="StateException">An entry is missing or has the wrong size.</exception>
    public void Load(StateDictionary dictionary, string prefix)
    {
        planner.Load(dictionary, $"{prefix}/planner");
        random.Load(dictionary, $"{prefix}/random");
    }
}
