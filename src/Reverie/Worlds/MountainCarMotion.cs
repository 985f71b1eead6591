using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>What the two mountain cars share: a road of height sin(3x) between a wall at −1.2 and an end at 0.6.</summary>
internal readonly struct MountainCarMotion(double maxSpeed)
{
    private const double Wall = -1.2, End = 0.6;

    public static readonly Feature[] Features = [new("position"), new("velocity")];

    /// <summary>v' limited; x' = x + v', limited; the wall takes what velocity points into it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Roll<T>(T position, T velocity, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        T v = T.Clamp(velocity, -maxSpeed, maxSpeed);
        T x = T.Clamp(position + v, Wall, End);
        next[0] = x;
        next[1] = T.SelectLess(Wall, x, v, T.Max(v, 0.0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Arrived<T>(ReadOnlySpan<T> next, double goalPosition, double goalVelocity)
        where T : unmanaged, IScalar<T> =>
        T.SelectLess(next[0], goalPosition, 0.0, T.SelectLess(next[1], goalVelocity, 0.0, 1.0));

    public static void Start(RandomStream random, Span<double> state)
    {
        state[0] = random.NextDouble(-0.6, -0.4);
        state[1] = 0.0;
    }
}
