using Reverie.Numerics;

namespace Reverie.Planning;

/// <summary>The tree of <see cref="Uct"/>: nodes are states, edges actions; the nodes below an edge are the states that came of it. Arrays grow and are used again.</summary>
internal sealed class UctTree(int stateSize, int actions)
{
    /// <summary>The node searched from.</summary>
    public const int Root = 0;

    private const int None = -1;

    private float[] states = new float[64 * stateSize];
    private int[] visits = new int[64];
    private int[] sibling = new int[64];
    private int[] firstChild = new int[64 * actions];
    private int[] counts = new int[64 * actions];
    private double[] means = new double[64 * actions];
    private int nodes;

    /// <summary>Only a root is left.</summary>
    public void Clear(ReadOnlySpan<float> state)
    {
        nodes = 0;
        Add(state, 1);
    }

    /// <summary>The state of a node, <c>[StateSize]</c>.</summary>
    public ReadOnlySpan<float> State(int node) => states.AsSpan(node * stateSize, stateSize);

    /// <summary>The edge of an action.</summary>
    public int Edge(int node, int action) => (node * actions) + action;

    /// <summary>Q(s,a).</summary>
    public double Mean(int node, int action) => means[Edge(node, action)];

    /// <summary>argmaxₐ Q(s,a) + <paramref name="scale"/> √(ln N(s) / N(s,a)); actions never taken come first, in a random order.</summary>
    public int Select(int node, double scale, RandomKey key)
    {
        visits[node]++;
        int first = node * actions, fresh = 0, best = 0;
        for (int a = 0; a < actions; a++)
        {
            fresh += counts[first + a] == 0 ? 1 : 0;
        }

        if (fresh > 0)
        {
            int pick = (int)((key.Value >> 32) * (ulong)fresh >> 32);
            for (best = 0; counts[first + best] > 0 || pick-- > 0; best++)
            {
            }

            return best;
        }

        double log = Math.Log(visits[node]), most = double.NegativeInfinity;
        for (int a = 0; a < actions; a++)
        {
            double score = means[first + a] + (scale * Math.Sqrt(log / counts[first + a]));
            if (score > most)
            {
                (best, most) = (a, score);
            }
        }

        return best;
    }

    /// <summary>The node of a state that came of an action, made if it is new.</summary>
    /// <param name="node">The node the action was taken in.</param>
    /// <param name="action">The action.</param>
    /// <param name="state">The state, its components <paramref name="stride"/> apart.</param>
    /// <param name="stride">The distance.</param>
    /// <param name="added">Whether it is new.</param>
    public int Child(int node, int action, ReadOnlySpan<float> state, int stride, out bool added)
    {
        int edge = Edge(node, action);
        for (int child = firstChild[edge]; child != None; child = sibling[child])
        {
            bool same = true;
            for (int i = 0; i < stateSize && same; i++)
            {
                same = states[(child * stateSize) + i] == state[i * stride];
            }

            if (same)
            {
                added = false;
                return child;
            }
        }

        int made = Add(state, stride);
        (sibling[made], firstChild[edge]) = (firstChild[edge], made);
        added = true;
        return made;
    }

    /// <summary>Q += (R − Q)/N of an edge.</summary>
    public void Record(int edge, double value)
    {
        // A return that is no number is as bad as any.
        value = double.IsFinite(value) ? value : -1e30;
        counts[edge]++;
        means[edge] += (value - means[edge]) / counts[edge];
    }

    /// <summary>The action taken most often; of several, that of the greatest Q, then the lowest-numbered.</summary>
    public int MostVisited(int node)
    {
        int first = node * actions, best = 0;
        for (int a = 1; a < actions; a++)
        {
            if (counts[first + a] > counts[first + best] || (counts[first + a] == counts[first + best] && means[first + a] > means[first + best]))
            {
                best = a;
            }
        }

        return best;
    }

    private int Add(ReadOnlySpan<float> state, int stride)
    {
        if (nodes == visits.Length)
        {
            int size = 2 * nodes;
            Array.Resize(ref states, size * stateSize);
            Array.Resize(ref visits, size);
            Array.Resize(ref sibling, size);
            Array.Resize(ref firstChild, size * actions);
            Array.Resize(ref counts, size * actions);
            Array.Resize(ref means, size * actions);
        }

        int node = nodes++;
        (visits[node], sibling[node]) = (0, None);
        firstChild.AsSpan(node * actions, actions).Fill(None);
        counts.AsSpan(node * actions, actions).Clear();
        means.AsSpan(node * actions, actions).Clear();
        for (int i = 0; i < stateSize; i++)
        {
            states[(node * stateSize) + i] = state[i * stride];
        }

        return node;
    }
}
