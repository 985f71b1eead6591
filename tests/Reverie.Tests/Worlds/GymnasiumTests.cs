using System.Globalization;
using System.Runtime.InteropServices;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

/// <summary>Every recorded Gymnasium transition is reproduced to 1e-6 relative.</summary>
public class GymnasiumTests
{
    [Fact]
    public void CartPole_reproduces_every_row() => Check(new CartPole(new()), "cartpole", 112);

    [Fact]
    public void Pendulum_reproduces_every_row() => Check(new Pendulum(new()), "pendulum", 400);

    [Fact]
    public void MountainCar_reproduces_every_row() => Check(new MountainCar(new()), "mountain-car", 300);

    [Fact]
    public void MountainCarContinuous_reproduces_every_row_bit_for_bit() => Check(new MountainCarContinuous(new()), "mountain-car-continuous", 300, relative: 0.0);

    [Fact]
    public void Acrobot_reproduces_every_row() => Check(new Acrobot(new()), "acrobot", 400);

    private static void Check<TDynamics>(TDynamics dynamics, string file, int rows, double relative = 1e-6)
        where TDynamics : struct, IDynamics
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "data", "gymnasium", file + ".csv"));
        Assert.Equal(rows, lines.Length - 1);
        int n = dynamics.StateSize;
        var next = new Real[n];
        foreach (string line in lines.Skip(1))
        {
            // episode, t, s0 …, a0, next0 …, reward, terminated
            var row = line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal((2 * n) + 5, row.Length);
            var state = MemoryMarshal.Cast<double, Real>(row.AsSpan(2, n));
            var action = MemoryMarshal.Cast<double, Real>(row.AsSpan(2 + n, 1));
            dynamics.Step<Real>(state, action, [], next);
            for (int i = 0; i < n; i++)
            {
                AssertClose(row[3 + n + i], next[i], $"{file} {line}: component {i}", relative);
            }

            AssertClose(row[^2], dynamics.Reward<Real>(state, action, next), $"{file} {line}: reward", 1e-6);
            Assert.Equal(row[^1], dynamics.Terminated<Real>(next).Value);
        }
    }

    /// <summary>
    /// |a − b| ≤ relative·max(|a|, |b|), without an absolute floor: no recorded component comes so close to zero that it would need one.
    /// </summary>
    private static void AssertClose(double expected, double actual, string where, double relative) =>
        Assert.True(
            Math.Abs(expected - actual) <= relative * Math.Max(Math.Abs(expected), Math.Abs(actual)),
            FormattableString.Invariant($"{where}: recorded {expected:R}, computed {actual:R}"));
}
