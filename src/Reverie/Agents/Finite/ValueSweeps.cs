namespace Reverie.Agents.Finite;

/// <summary>Gauss–Seidel value iteration in place, from whatever values there are: for agents that plan again and again in a model that changed little.</summary>
internal static class ValueSweeps
{
    /// <summary>
    /// Sweeps until every value is within <paramref name="precision"/> of the fixed point: a sweep that changes none by more than δ leaves each within
    /// δ γ / (1 − γ) of it. Under γ = 1 there is no such bound, and δ itself is held to the precision.
    /// </summary>
    /// <param name="backup">The model.</param>
    /// <param name="states">The states to sweep over, in the order of first sight; the last are swept first, as news comes from the edge of what was seen.</param>
    /// <param name="q">Receives Q of those states.</param>
    /// <param name="values">V, <c>[S]</c>; receives max_a Q(s,a) of those states.</param>
    /// <param name="discount">γ.</param>
    /// <param name="precision">The error to stop at.</param>
    /// <param name="most">Sweeps to make at most.</param>
    /// <returns>Sweeps made.</returns>
    public static int Run<TBackup>(in TBackup backup, ReadOnlySpan<int> states, QTable q, double[] values, double discount, double precision, int most)
        where TBackup : struct, IBackup
    {
        int actions = q.Values.Length / values.Length;
        double allowed = discount < 1.0 ? precision * (1.0 - discount) / discount : precision;
        for (int sweep = 1; sweep <= most; sweep++)
        {
            double change = 0;
            for (int i = states.Length - 1; i >= 0; i--)
            {
                int s = states[i], row = s * actions;
                for (int a = 0; a < actions; a++)
                {
                    q[row + a] = backup.Of(row + a, values);
                }

                double value = q.Max(s);
                change = Math.Max(change, Math.Abs(value - values[s]));
                values[s] = value;
            }

            if (change <= allowed)
            {
                return sweep;
            }
        }

        return most;
    }
}
