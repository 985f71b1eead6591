using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Models;

/// <summary>
/// Which derivatives of a world's equations vary, and which second ones may differ from 0, found once by propagating <see cref="Interaction"/>s, so that the others need not be
/// computed again and again.
/// </summary>
/// <remarks>Variables are z = (x, u), and in a reward of its own right also x'. With more than 64 of them all are taken to interact.</remarks>
internal sealed class CurvaturePattern
{
    private CurvaturePattern(bool rewardUsesNext, bool isQuadratic, bool hasFinal, IEnumerable<int> columns, IEnumerable<(int I, int J)> reward, IEnumerable<(int I, int J)> dynamics, IEnumerable<(int I, int J)> final)
    {
        (RewardUsesNext, IsQuadratic, HasFinal) = (rewardUsesNext, isQuadratic, hasFinal);
        RewardVariables = [.. reward.SelectMany(pair => new[] { pair.I, pair.J }).Distinct().Order()];
        Columns = [.. columns];
        Reward = [.. reward.Distinct()];
        Dynamics = [.. dynamics.Distinct()];
        Both = [.. Reward.Union(Dynamics)];
        Final = [.. final.Distinct()];
    }

    /// <summary>Whether the reward depends on x' and not on (x, u) alone.</summary>
    public bool RewardUsesNext { get; }

    /// <summary>Whether the reward is a function of z alone whose second derivatives are the same everywhere.</summary>
    public bool IsQuadratic { get; }

    /// <summary>Components of z that enter the reward.</summary>
    public int[] RewardVariables { get; }

    /// <summary>Whether the final reward is not simply 0.</summary>
    public bool HasFinal { get; }

    /// <summary>Components k of z for which ∂f/∂zₖ is not the same everywhere.</summary>
    public int[] Columns { get; }

    /// <summary>Pairs (i, j), i ≤ j, that interact in the reward r(x, u, f(x, u)), and (i, i) for every component that enters it.</summary>
    public (int I, int J)[] Reward { get; }

    /// <summary>What interacts in f(x, u).</summary>
    public (int I, int J)[] Dynamics { get; }

    /// <summary>What interacts in either.</summary>
    public (int I, int J)[] Both { get; }

    /// <summary>Pairs that interact in the final reward, and (i, i) for every state that enters it.</summary>
    public (int I, int J)[] Final { get; }

    /// <summary>The pattern of a world.</summary>
    public static CurvaturePattern Of<TDynamics>(TDynamics dynamics)
        where TDynamics : struct, IDynamics
    {
        int n = dynamics.StateSize, m = dynamics.Spec.Actions.Size, w = n + m;
        if (w + n > 64)
        {
            return new CurvaturePattern(true, false, true, Enumerable.Range(0, w), All(w), All(w), All(n));
        }

        var variables = new Interaction[w + n];
        var next = new Interaction[n];
        var noise = new Interaction[dynamics.NoiseSize];
        List<int> columns = [];
        List<(int I, int J)> reward = [], transition = [], final = [];

        // Does x' as a variable of its own enter the reward?
        Seed(variables, 0);
        bool usesNext = dynamics.Reward<Interaction>(variables.AsSpan(0, n), variables.AsSpan(n, m), variables.AsSpan(w)).Variables >> w != 0;
        bool isQuadratic = !usesNext;
        for (int k = 0; k < w; k++)
        {
            Seed(variables, k);
            dynamics.Step(variables.AsSpan(0, n), variables.AsSpan(n, m), noise, next);
            var earned = dynamics.Reward<Interaction>(variables.AsSpan(0, n), variables.AsSpan(n, m), usesNext ? next : variables.AsSpan(w));
            Collect(earned, k, true, reward);
            isQuadratic &= !earned.Bent && !earned.Kinked;
            foreach (var component in next)
            {
                Collect(component, k, false, transition);
            }

            if (Array.Exists(next, x => x.Kinked || x.Partners != 0))
            {
                columns.Add(k);
            }

            if (k < n)
            {
                Collect(dynamics.FinalReward<Interaction>(variables.AsSpan(0, n)), k, true, final);
            }
        }

        // A constant has no variables: its value tells.
        bool hasFinal = dynamics.FinalReward<Interaction>(variables.AsSpan(0, n)).Variables != 0 || dynamics.FinalReward<Real>(new Real[n]).Value != 0.0;
        return new CurvaturePattern(usesNext, isQuadratic, hasFinal, columns, reward, transition, final);
    }

    /// <summary>What interacts in a task's reward r(x, u, x') where x' is linear in all of (x, u), and (i, i) for every component that enters it; never nothing.</summary>
    public static (int I, int J)[] OfReward(ITask task, int n, int m)
    {
        int w = n + m;
        if (w > 64)
        {
            return [.. All(w)];
        }

        var variables = new Interaction[w];
        var next = new Interaction[n];
        List<(int I, int J)> pairs = [(0, 0)];
        for (int k = 0; k < w; k++)
        {
            Seed(variables, k);
            Array.Fill(next, variables.Aggregate((sum, variable) => sum + variable));
            Collect(task.Reward<Interaction>(variables.AsSpan(0, n), variables.AsSpan(n), next), k, true, pairs);
        }

        return [.. pairs.Distinct()];
    }

    /// <summary>What interacts in a task's final reward, and (i, i) for every state that enters it.</summary>
    public static (int I, int J)[] OfFinalReward(ITask task, int n)
    {
        if (n > 64)
        {
            return [.. All(n)];
        }

        var variables = new Interaction[n];
        List<(int I, int J)> pairs = [];
        for (int k = 0; k < n; k++)
        {
            Seed(variables, k);
            Collect(task.FinalReward<Interaction>(variables), k, true, pairs);
        }

        return [.. pairs.Distinct()];
    }

    private static void Seed(Interaction[] variables, int k)
    {
        for (int i = 0; i < variables.Length; i++)
        {
            variables[i] = Interaction.Variable(i, k);
        }
    }

    private static void Collect(Interaction result, int k, bool withFirst, List<(int I, int J)> pairs)
    {
        for (int j = k; j < 64; j++)
        {
            if ((result.Partners >> j & 1) != 0 || (withFirst && j == k && result.WithK))
            {
                pairs.Add((k, j));
            }
        }
    }

    private static IEnumerable<(int I, int J)> All(int count) =>
        Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(i, count - i).Select(j => (i, j)));
}
