using Reverie.Models.Finite;
using Reverie.Worlds.Finite;

namespace Reverie.Agents.Finite;

/// <summary>What an agent believes an action to be worth, given the values of what follows: its model, as its planning sees it.</summary>
internal interface IBackup
{
    /// <summary>Q(s,a).</summary>
    /// <param name="row">The row of s and a.</param>
    /// <param name="values">V, <c>[S]</c>.</param>
    double Of(int row, ReadOnlySpan<double> values);
}

/// <summary>r̂(s,a) + γ Σ p̂(s'|s,a) V(s').</summary>
internal readonly struct EmpiricalBackup(EmpiricalModel model) : IBackup
{
    public double Of(int row, ReadOnlySpan<double> values) => model.Lookahead(row, values);
}

/// <summary>γ Σ p̂(s'|s,a) V(s'): only getting somewhere pays.</summary>
internal readonly struct ArrivalBackup(EmpiricalModel model) : IBackup
{
    public double Of(int row, ReadOnlySpan<double> values) => model.Discount * model.Expect(row, values);
}

/// <summary>r(s,a) + γ Σ p(s'|s,a) V(s') of a process given as a table.</summary>
internal readonly struct TableBackup(FiniteMdp mdp) : IBackup
{
    public double Of(int row, ReadOnlySpan<double> values) => mdp.Lookahead(row, values);
}

/// <summary>What is known is worth what the model says; what is not, as much as anything can be.</summary>
internal readonly struct OptimisticBackup(EmpiricalModel model, bool[] known, double best) : IBackup
{
    public double Of(int row, ReadOnlySpan<double> values) => known[row] ? model.Lookahead(row, values) : best;
}

/// <summary>What the model says, and β / √n(s,a) more, but no more than anything can be worth.</summary>
internal readonly struct BonusBackup(EmpiricalModel model, double beta, double best) : IBackup
{
    public double Of(int row, ReadOnlySpan<double> values)
    {
        long n = model.Visits(row);
        return n == 0 ? best : Math.Min(best, model.Lookahead(row, values) + (beta / Math.Sqrt(n)));
    }
}
