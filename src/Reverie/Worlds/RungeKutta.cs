using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>A mechanical system of two coordinates q under two constant inputs u.</summary>
internal interface ITwoCoordinates
{
    /// <summary>q̈(q, q̇, u).</summary>
    (T A1, T A2) Accelerations<T>(T q1, T q2, T v1, T v2, T u1, T u2)
        where T : unmanaged, IScalar<T>;
}

/// <summary>A mechanical system of three coordinates q under a constant input u.</summary>
internal interface IThreeCoordinates
{
    /// <summary>q̈(q, q̇, u).</summary>
    (T A1, T A2, T A3) Accelerations<T>(T q1, T q2, T q3, T v1, T v2, T v3, T u)
        where T : unmanaged, IScalar<T>;
}

/// <summary>The classical fourth-order method (Kutta 1901) for systems of second order: the slope of a coordinate is its velocity.</summary>
internal static class RungeKutta
{
    /// <summary>Moves (q, q̇) on by <paramref name="steps"/> steps of <paramref name="h"/> [s].</summary>
    /// <remarks>
    /// One loop over the four stages, in a method of its own: unrolled, or inlined into a larger one, the accelerations exceed
    /// what the just-in-time compiler is willing to inline, and every operator becomes a call (fifty times slower).
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run<T, TSystem>(in TSystem system, ref T q1, ref T q2, ref T v1, ref T v2, T u1, T u2, double h, int steps)
        where T : unmanaged, IScalar<T>
        where TSystem : struct, ITwoCoordinates
    {
        var (x1, x2, y1, y2) = (q1, q2, v1, v2);
        for (int step = 0; step < steps; step++)
        {
            // Stage s looks at q + cₛ q̇ₛ₋₁ and q̇ₛ = q̇ + cₛ q̈ₛ₋₁, c = (0, h/2, h/2, h); the slopes are weighed (1, 2, 2, 1) / 6.
            var (a1, a2, w1, w2) = ((T)0.0, (T)0.0, y1, y2);
            var (dx1, dx2, dy1, dy2) = ((T)0.0, (T)0.0, (T)0.0, (T)0.0);
            for (int stage = 0; stage < 4; stage++)
            {
                T c = stage == 0 ? 0.0 : stage == 3 ? h : 0.5 * h;
                T weight = stage is 0 or 3 ? h / 6.0 : h / 3.0;
                T p1 = x1 + (w1 * c);
                T p2 = x2 + (w2 * c);
                w1 = y1 + (a1 * c);
                w2 = y2 + (a2 * c);
                (a1, a2) = system.Accelerations(p1, p2, w1, w2, u1, u2);
                dx1 += w1 * weight;
                dx2 += w2 * weight;
                dy1 += a1 * weight;
                dy2 += a2 * weight;
            }

            x1 += dx1;
            x2 += dx2;
            y1 += dy1;
            y2 += dy2;
        }

        (q1, q2, v1, v2) = (x1, x2, y1, y2);
    }

    /// <summary>The same for three coordinates.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run<T, TSystem>(
        in TSystem system, ref T q1, ref T q2, ref T q3, ref T v1, ref T v2, ref T v3, T u, double h, int steps)
        where T : unmanaged, IScalar<T>
        where TSystem : struct, IThreeCoordinates
    {
        var (x1, x2, x3, y1, y2, y3) = (q1, q2, q3, v1, v2, v3);
        for (int step = 0; step < steps; step++)
        {
            var (a1, a2, a3, w1, w2, w3) = ((T)0.0, (T)0.0, (T)0.0, y1, y2, y3);
            var (dx1, dx2, dx3, dy1, dy2, dy3) = ((T)0.0, (T)0.0, (T)0.0, (T)0.0, (T)0.0, (T)0.0);
            for (int stage = 0; stage < 4; stage++)
            {
                T c = stage == 0 ? 0.0 : stage == 3 ? h : 0.5 * h;
                T weight = stage is 0 or 3 ? h / 6.0 : h / 3.0;
                var (p1, p2, p3) = (x1 + (w1 * c), x2 + (w2 * c), x3 + (w3 * c));
                (w1, w2, w3) = (y1 + (a1 * c), y2 + (a2 * c), y3 + (a3 * c));
                (a1, a2, a3) = system.Accelerations(p1, p2, p3, w1, w2, w3, u);
                dx1 += w1 * weight;
                dx2 += w2 * weight;
                dx3 += w3 * weight;
                dy1 += a1 * weight;
                dy2 += a2 * weight;
                dy3 += a3 * weight;
            }

            (x1, x2, x3) = (x1 + dx1, x2 + dx2, x3 + dx3);
            (y1, y2, y3) = (y1 + dy1, y2 + dy2, y3 + dy3);
        }

        (q1, q2, q3, v1, v2, v3) = (x1, x2, x3, y1, y2, y3);
    }
}
