using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>Angles over any scalar.</summary>
internal static class Angles
{
    /// <summary><paramref name="angle"/> less whole turns, in [−π, π).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Wrap<T>(T angle)
        where T : unmanaged, IScalar<T> =>
        angle - (T.Floor((angle + Math.PI) * (0.5 / Math.PI)) * (2.0 * Math.PI));
}
