using Reverie.Experience;
using Reverie.Numerics;

namespace Reverie.Tests.Experience;

/// <summary>Logs for tests.</summary>
internal static class Logs
{
    public static TrajectoryLog Random(string world, int observationSize, int actionSize, int count, int seed)
    {
        var random = new RandomStream(RandomKey.FromSeed(seed));
        var log = new TrajectoryLog(world, observationSize, actionSize);
        for (int i = 0; i < count; i++)
        {
            log.Add(new Transition
            {
                Observation = Normals(observationSize),
                Action = Normals(actionSize),
                Reward = random.NextNormal(),
                NextObservation = Normals(observationSize),
                Terminated = random.NextInt32(20) == 0,
                Truncated = random.NextInt32(20) == 0,
            });
            if (random.NextInt32(30) == 0)
            {
                log.BreakEpisode();
            }
        }

        return log;

        double[] Normals(int size)
        {
            var values = new double[size];
            for (int i = 0; i < size; i++)
            {
                values[i] = random.NextNormal() * Math.Pow(10, random.NextInt32(600) - 300);
            }

            return values;
        }
    }

    public static void AssertSame(TrajectoryLog expected, TrajectoryLog actual)
    {
        Assert.Equal((expected.World, expected.ObservationSize, expected.ActionSize, expected.Count), (actual.World, actual.ObservationSize, actual.ActionSize, actual.Count));
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal((expected.Episode(i), expected.Step(i), expected.Terminated(i), expected.Truncated(i)), (actual.Episode(i), actual.Step(i), actual.Terminated(i), actual.Truncated(i)));
            Assert.Equal(expected.Reward(i), actual.Reward(i));
            Assert.Equal(expected.Observation(i), actual.Observation(i));
            Assert.Equal(expected.Action(i), actual.Action(i));
            Assert.Equal(expected.NextObservation(i), actual.NextObservation(i));
        }
    }
}
