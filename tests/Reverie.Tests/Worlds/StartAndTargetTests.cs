using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Tests.Worlds;

public class StartAndTargetTests
{
    [Fact]
    public void A_point_mass_starts_where_it_is_told()
    {
        Assert.Equal([0.5, -2.0, 0.0, 0.0], Start(new PointMass(new PointMassOptions { StartX = 0.5, StartY = -2.0, StartSpread = 0.0 }), 1));
        for (long seed = 1; seed <= 20; seed++)
        {
            double[] start = Start(new PointMass(new PointMassOptions { StartX = 0.5, StartY = -2.0, StartSpread = 0.25 }), seed);
            Assert.InRange(start[0], 0.25, 0.75);
            Assert.InRange(start[1], -2.25, -1.75);
            Assert.NotEqual(0.5, start[0]);
        }
    }

    [Fact]
    public void A_reacher_has_the_target_it_is_told_or_draws_one()
    {
        var told = new Reacher(new ReacherOptions { TargetX = 0.3, TargetY = 0.6, StartSpread = 0.0 });
        Assert.Equal([0.0, 0.0, 0.0, 0.0, 0.3, 0.6], Start(told, 1));
        Assert.Equal([0.3, 0.6], Start(told, 2)[4..]);
        var drawn = new Reacher(new ReacherOptions());
        Assert.NotEqual(Start(drawn, 1)[4..], Start(drawn, 2)[4..]);
        Assert.Contains("targetX and targetY", Assert.Throws<ArgumentException>(() => new ReacherOptions { TargetX = 0.3 }.Validate()).Message, StringComparison.Ordinal);
    }

    private static double[] Start<TDynamics>(TDynamics dynamics, long seed)
        where TDynamics : struct, IDynamics
    {
        double[] observation = new double[dynamics.Spec.ObservationSize];
        new ContinuousWorld<TDynamics>(dynamics, RandomKey.FromSeed(seed)).Reset(observation);
        return observation;
    }
}
