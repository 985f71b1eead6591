using Reverie.Numerics;

namespace Reverie.Neural.Models;

/// <summary>Minibatches for every member: each goes through its own random order of the rows, and draws a new order when it is used up.</summary>
internal sealed class MinibatchSampler
{
    private readonly int[][] orders;
    private readonly int batch;
    private readonly RandomStream random;
    private readonly long[] indices;
    private int used;

    public MinibatchSampler(int members, int rows, int batch, RandomStream random)
    {
        orders = [.. Enumerable.Range(0, members).Select(_ => Enumerable.Range(0, rows).ToArray())];
        (this.batch, this.random) = (batch, random);
        indices = new long[members * batch];
        used = rows;
    }

    /// <summary>Rows, <c>[E·B]</c>, member by member; valid until the next call.</summary>
    public long[] Next()
    {
        if (used + batch > orders[0].Length)
        {
            foreach (var order in orders)
            {
                random.Shuffle<int>(order);
            }

            used = 0;
        }

        for (int e = 0; e < orders.Length; e++)
        {
            for (int b = 0; b < batch; b++)
            {
                indices[(e * batch) + b] = orders[e][used + b];
            }
        }

        used += batch;
        return indices;
    }
}
