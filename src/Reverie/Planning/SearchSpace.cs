using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Planning;

/// <summary>
/// The space in which sampling planners search. Controls are scaled so that their box is [−1, 1]; a discrete action is the largest
/// of one score per choice, so that planners over real vectors serve numbered actions unchanged.
/// </summary>
internal sealed class SearchSpace(ActionSpace actions)
{
    /// <summary>What may be done.</summary>
    public ActionSpace Actions { get; } = actions;

    /// <summary>Search variables for one step, D.</summary>
    public int Size { get; } = actions.IsDiscrete ? actions.Choices : actions.Size;

    /// <summary>Limits variables to what can be executed; scores of choices need no limit.</summary>
    public Lanes Limit(Lanes z) => Actions.IsDiscrete ? z : Lanes.Min(Lanes.Max(z, -1.0), 1.0);

    /// <summary>The actions of one step for all candidates.</summary>
    /// <param name="z">Search variables, <c>[D][stride]</c>.</param>
    /// <param name="actions">Receives the actions.</param>
    public void Decode(ReadOnlySpan<float> z, Batch actions)
    {
        int stride = actions.Stride;
        for (int i = 0; i < actions.Count; i += Lanes.Count)
        {
            if (Actions.IsDiscrete)
            {
                Lanes best = 0.0;
                var score = Lanes.Load(z, i);
                for (int choice = 1; choice < Size; choice++)
                {
                    var other = Lanes.Load(z, (choice * stride) + i);
                    best = Lanes.SelectLess(score, other, choice, best);
                    score = Lanes.Max(score, other);
                }

                best.Store(actions.Data, i);
            }
            else
            {
                for (int a = 0; a < Size; a++)
                {
                    (double middle, double half) = Scale(a);
                    (middle + (half * Lanes.Load(z, (a * stride) + i))).Store(actions.Data, (a * stride) + i);
                }
            }
        }
    }

    /// <summary>The action of one vector of search variables.</summary>
    public void Decode(ReadOnlySpan<float> z, Span<double> action)
    {
        if (Actions.IsDiscrete)
        {
            int best = 0;
            for (int choice = 1; choice < Size; choice++)
            {
                if (z[choice] > z[best])
                {
                    best = choice;
                }
            }

            action[0] = best;
            return;
        }

        for (int a = 0; a < Size; a++)
        {
            (double middle, double half) = Scale(a);
            action[a] = Math.Clamp(middle + (half * z[a]), Actions.Low[a], Actions.High[a]);
        }
    }

    private (double Middle, double Half) Scale(int a) =>
        (0.5 * (Actions.High[a] + Actions.Low[a]), 0.5 * (Actions.High[a] - Actions.Low[a]));
}
