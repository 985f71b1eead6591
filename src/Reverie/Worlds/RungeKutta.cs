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

/// <summary>The classical fourth-order method (Kutta 1901) for systems of second order: the slope of a coordinate is its velocity.</summary>
internal static class RungeKutta
{
    /// <summary>Moves (q, q̇) on by <paramref name="h"/> [s].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Step<T, TSystem>(in TSystem system, ref T q1, ref T q2, ref T v1, ref T v2, T u1, T u2, double h)
        where T : unmanaged, IScalar<T>
        where TSystem : struct, ITwoCoordinates
    {
        double half = 0.5 * h, sixth = h / 6.0;
        var (a1, b1) = system.Accelerations(q1, q2, v1, v2, u1, u2);
        var (p2, w2) = (v1 + (a1 * half), v2 + (b1 * half));
        var (a2, b2) = system.Accelerations(q1 + (v1 * half), q2 + (v2 * half), p2, w2, u1, u2);
        var (p3, w3) = (v1 + (a2 * half), v2 + (b2 * half));
        var (a3, b3) = system.Accelerations(q1 + (p2 * half), q2 + (w2 * half), p3, w3, u1, u2);
        var (p4, w4) = (v1 + (a3 * h), v2 + (b3 * h));
        var (a4, b4) = system.Accelerations(q1 + (p3 * h), q2 + (w3 * h), p4, w4, u1, u2);
        q1 += (v1 + ((p2 + p3) * 2.0) + p4) * sixth;
        q2 += (v2 + ((w2 + w3) * 2.0) + w4) * sixth;
        v1 += (a1 + ((a2 + a3) * 2.0) + a4) * sixth;
        v2 += (b1 + ((b2 + b3) * 2.0) + b4) * sixth;
    }
}
