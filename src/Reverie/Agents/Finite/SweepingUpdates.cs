using Reverie.Numerics;

namespace Reverie.Agents.Finite;

/// <summary>
/// Prioritized sweeping (Moore and Atkeson 1993; Sutton and Barto 2018, section 8.4): where the model says that an action is worth something else than
/// Q does by more than θ, it is due; the most wrong is backed up first, and makes those due that lead there. A few backups at a time, in a model that grows.
/// </summary>
internal sealed class SweepingUpdates
{
    private readonly int actions;
    private readonly QTable q;
    private readonly double[] values;
    private readonly double threshold;
    private readonly SeenPredecessors predecessors;
    private readonly SweepQueue queue;

    public SweepingUpdates(TabularSpace space, QTable q, double[] values, double threshold)
    {
        (actions, this.q, this.values, this.threshold) = (space.Actions, q, values, threshold);
        (predecessors, queue) = (new SeenPredecessors(space.States), new SweepQueue(space.Rows));
    }

    /// <summary>Backups made.</summary>
    public long Backups { get; private set; }

    /// <summary>Rows that are due.</summary>
    public int Due => queue.Count;

    /// <summary>A row was found to lead to <paramref name="next"/>.</summary>
    public void Connect(int next, int row) => predecessors.Add(next, row);

    /// <summary>P ← |backup − Q(s,a)|; due if P > θ.</summary>
    public void Consider<TBackup>(in TBackup backup, int row)
        where TBackup : struct, IBackup
    {
        double priority = Math.Abs(backup.Of(row, values) - q[row]);
        if (priority > threshold)
        {
            queue.Raise(row, priority);
        }
    }

    /// <summary>Makes the most urgent backups, at most <paramref name="most"/>.</summary>
    public void Run<TBackup>(in TBackup backup, long most)
        where TBackup : struct, IBackup
    {
        for (long i = 0; i < most && queue.Count > 0; i++)
        {
            int row = queue.Pop(), state = row / actions;
            q[row] = backup.Of(row, values);
            Backups++;
            double value = q.Max(state);
            if (value == values[state])
            {
                continue;
            }

            values[state] = value;
            for (int link = predecessors.First(state); link >= 0;)
            {
                (int before, link) = predecessors.At(link);
                Consider(backup, before);
            }
        }
    }

    public void Save(StateDictionary state, string prefix)
    {
        state.Set($"{prefix}/backups", [Backups]);
        predecessors.Save(state, $"{prefix}/predecessors");
        queue.Save(state, $"{prefix}/queue");
    }

    public void Load(StateDictionary state, string prefix)
    {
        Backups = state.GetInt64($"{prefix}/backups", 1)[0];
        predecessors.Load(state, $"{prefix}/predecessors");
        queue.Load(state, $"{prefix}/queue");
    }
}
