using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

public class QuadrotorGapTests
{
    private const double Seconds = 3.0;

    private static readonly QuadrotorGap World = new(new());

    [Fact]
    public void Hovering_stays_and_costs_nothing_at_the_goal()
    {
        var (hover, next) = (World.Spec.InitialAction, new Real[6]);
        Real[] goal = [2.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        World.Step<Real>(goal, [hover, hover], [], next);
        Assert.Equal(goal, next);
        Assert.Equal(0.0, World.Reward<Real>(goal, [hover, hover], next).Value);
        Assert.Equal(0.0, World.FinalReward<Real>(goal).Value);
        Assert.Equal(0.5 * 9.81 / 2.0, hover, 1e-15);

        // 0.1 (4² + 0.2²) + 0.01 (1 + 4 + 9) for the state and 0.01 (1 + 4) for the thrusts, halved; a thousand times the state's at the end.
        Real[] away = [-2.0, 0.0, 0.2, 1.0, -2.0, 3.0];
        double state = 0.5 * ((0.1 * 16.04) + 0.14);
        Assert.Equal(-(state + 0.025), World.Reward<Real>(away, [hover + 1.0, hover - 2.0], next), 1e-14);
        Assert.Equal(-1000.0 * state, World.FinalReward<Real>(away), 1e-11);
    }

    [Fact]
    public void Constraints_are_the_depth_within_the_discs()
    {
        // Level with its middle in the gap's: 0.15 m free height less the margin of 0.05 m; the rotors have a little more.
        var c = Constraints(0.0, 0.6, 0.0);
        Assert.Equal(((1.05 * 1.05) - (1.15 * 1.15)) / 2.1, c[0], 1e-14);
        Assert.Equal(c[0], c[1], 1e-14);
        Assert.Equal(((1.05 * 1.05) - ((1.15 * 1.15) + 0.0625)) / 2.1, c[2], 1e-14);
        Assert.All(c, depth => Assert.True(depth < 0.0));

        // Upright in the gap the right rotor is 0.1 m within the upper disc, and 0.15 m within its margin.
        c = Constraints(0.0, 0.6, Math.PI / 2);
        Assert.Equal(((1.05 * 1.05) - (0.9 * 0.9)) / 2.1, c[3], 1e-14);
        Assert.Equal(c[3], c[4], 1e-14);
        Assert.True(c[2] < 0.0 && c[5] < 0.0);
    }

    [Fact]
    public void The_straight_way_is_blocked()
    {
        Assert.All(Constraints(-2.0, 0.0, 0.0), depth => Assert.True(depth < 0.0));
        Assert.All(Constraints(2.0, 0.0, 0.0), depth => Assert.True(depth < 0.0));
        Assert.Equal(((1.05 * 1.05) - (0.55 * 0.55)) / 2.1, Constraints(0.0, 0.0, 0.0)[0], 1e-14);
    }

    [Fact]
    public void There_is_a_way_through_the_gap_within_the_thrusts_limits_and_the_equations_follow_it()
    {
        // A planar quadrotor's tilt and thrusts follow from the path of its middle (it is differentially flat): the whole thrust is along
        // m (p̈ + g), the tilt's second derivative is (u₁ − u₂) arm / I.
        const double H = 0.03;
        var next = new Real[6];
        for (double t = 0.0; t < Seconds - (H / 2); t += H)
        {
            Real[] x = State(t), wanted = State(t + H), u = Thrusts(t + (H / 2));
            Assert.All(Constraints(x[0], x[1], x[2]), depth => Assert.True(depth < 0.0, $"{t} s"));
            Assert.All(u, thrust => Assert.InRange(thrust.Value, 0.0, 5.0));
            World.Step<Real>(x, u, [], next);
            for (int i = 0; i < 6; i++)
            {
                // Thrusts held for a step, at their size of the step's middle, miss the smooth ones' path by the third order of the step.
                Assert.Equal(wanted[i], next[i], i == 5 ? 5e-3 : 5e-4);
            }
        }
    }

    [Fact]
    public void A_rolling_flight_is_exact_to_fourth_order()
    {
        // Halving the step divides the error by 2⁴.
        double coarse = Error(0.06), fine = Error(0.03);
        Assert.InRange(coarse / fine, 12.0, 20.0);

        static double Error(double h)
        {
            var (far, near) = (Fly(h), Fly(h / 32.0));
            return Math.Abs(far[0] - near[0]) + Math.Abs(far[3] - near[3]) + Math.Abs(far[1] - near[1]) + Math.Abs(far[4] - near[4]);
        }

        static Real[] Fly(double h)
        {
            var world = new QuadrotorGap(new() { SecondsPerStep = h });
            Real[] x = [0.0, 0.0, 0.3, 1.0, -1.0, 2.0], y = new Real[6];
            for (int t = 0; t < (int)Math.Round(0.6 / h); t++)
            {
                world.Step<Real>(x, [3.0, 2.7], [], y);
                (x, y) = (y, x);
            }

            return x;
        }
    }

    private static double[] Constraints(double x, double y, double tilt)
    {
        var values = new Real[World.ConstraintSize];
        World.Constrain<Real>([x, y, tilt, 0.0, 0.0, 0.0], values);
        return [.. values.Select(v => v.Value)];
    }

    /// <summary>
    /// x goes from −2 to 2, y up to the gap's height and back, both without speed, acceleration and two more derivatives at the ends, so that the
    /// tilt too starts and ends at rest: τ⁵ (126 − 420 τ + 540 τ² − 315 τ³ + 70 τ⁴) and (4 τ (1 − τ))⁵, τ = t / 3 s.
    /// </summary>
    private static (double X, double Y) Path(double t)
    {
        double s = Math.Clamp(t / Seconds, 0.0, 1.0);
        double step = Math.Pow(s, 5) * (126.0 + (s * (-420.0 + (s * (540.0 + (s * (-315.0 + (70.0 * s))))))));
        return (-2.0 + (4.0 * step), 0.6 * Math.Pow(4.0 * s * (1.0 - s), 5));
    }

    private static (double X, double Y) Push(double t)
    {
        // p̈ + g by central differences, within some 1e-6.
        const double E = 1e-4;
        var (before, here, after) = (Path(t - E), Path(t), Path(t + E));
        return ((before.X - (2.0 * here.X) + after.X) / (E * E), ((before.Y - (2.0 * here.Y) + after.Y) / (E * E)) + 9.81);
    }

    private static double Tilt(double t)
    {
        var (x, y) = Push(t);
        return Math.Atan2(-x, y);
    }

    private static Real[] State(double t)
    {
        const double E = 1e-3;
        var (before, here, after) = (Path(t - E), Path(t), Path(t + E));
        return [here.X, here.Y, Tilt(t), (after.X - before.X) / (2 * E), (after.Y - before.Y) / (2 * E), (Tilt(t + E) - Tilt(t - E)) / (2 * E)];
    }

    private static Real[] Thrusts(double t)
    {
        const double E = 1e-2;
        var (x, y) = Push(t);
        double whole = 0.5 * Math.Sqrt((x * x) + (y * y));
        double difference = (Tilt(t - E) - (2.0 * Tilt(t)) + Tilt(t + E)) / (E * E) * 0.01 / 0.25;
        return [0.5 * (whole + difference), 0.5 * (whole - difference)];
    }
}
