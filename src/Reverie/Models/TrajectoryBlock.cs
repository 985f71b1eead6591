using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reverie.Numerics;

namespace Reverie.Models;

/// <summary>Up to eight consecutive steps of a trajectory, a lane each; lanes that are left over repeat the last one.</summary>
internal readonly ref struct TrajectoryBlock(Trajectory trajectory, int first, int count)
{
    private readonly Trajectory trajectory = trajectory;
    private readonly int first = first, count = count;

    /// <summary>Component i of z = (x, u).</summary>
    [SkipLocalsInit]
    public DoubleLanes Read(int i)
    {
        int n = trajectory.StateSize;
        var (source, size, component) = i < n ? (trajectory.States, n, i) : (trajectory.Actions, trajectory.ActionSize, i - n);
        Span<double> values = stackalloc double[DoubleLanes.Count];
        for (int lane = 0; lane < DoubleLanes.Count; lane++)
        {
            values[lane] = source[((first + Math.Min(lane, count - 1)) * size) + component];
        }

        return DoubleLanes.Load(values, 0);
    }

    /// <summary>Writes a number of every step to <paramref name="destination"/>, whose steps are <paramref name="stepSize"/> apart, at <paramref name="offset"/> within a step.</summary>
    /// <remarks>By reference: a vector passed by value is copied in pieces, and read back whole before they have arrived.</remarks>
    [SkipLocalsInit]
    public void Write(in Vector512<double> values, double[] destination, int stepSize, int offset)
    {
        Span<double> source = stackalloc double[DoubleLanes.Count];
        values.CopyTo(source);
        int start = (first * stepSize) + offset;
        for (int lane = 0; lane < count; lane++, start += stepSize)
        {
            destination[start] = source[lane];
        }
    }
}
