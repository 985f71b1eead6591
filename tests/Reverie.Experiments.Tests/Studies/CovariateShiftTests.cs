using Reverie.Experiments.Studies;

namespace Reverie.Experiments.Tests.Studies;

public class CovariateShiftTests
{
    [Fact]
    public void All_begin_alike_a_frozen_model_stays_and_the_others_change()
    {
        var world = StudyWorld.Of("pendulum", "maxSteps=25");
        CovariateShiftTrial Run(MoreData more) => CovariateShiftTrial.Run(world, 50, 2, more, seed: 4, CancellationToken.None);
        var (frozen, random, own) = (Run(MoreData.None), Run(MoreData.RandomSteps), Run(MoreData.OwnSteps));

        foreach (var other in (CovariateShiftTrial[])[random, own])
        {
            Assert.Equal(frozen.Trained[0], other.Trained[0]);
            Assert.Equal(frozen.Visited[0], other.Visited[0]);
            Assert.Equal(frozen.Returns[0], other.Returns[0]);
            Assert.NotEqual(frozen.Trained[1], other.Trained[1]);
        }

        Assert.Equal(frozen.Trained[0], frozen.Trained[1]);
        Assert.NotEqual(random.Trained[1], own.Trained[1]);
        Assert.InRange(frozen.Trained[0], 1e-5, 0.2);
    }

    [Fact]
    public void Trials_do_not_depend_on_threads()
    {
        var world = StudyWorld.Of("pendulum", "maxSteps=15");
        double[] Returns(int threads) =>
        [
            .. new StudySetup(2, threads, _ => { }, CancellationToken.None)
                .Trials("pendulum", seed => CovariateShiftTrial.Run(world, 30, 2, MoreData.OwnSteps, seed, CancellationToken.None))
                .SelectMany(t => t.Returns.Concat(t.Visited)),
        ];

        Assert.Equal(Returns(1), Returns(2));
    }

    [Fact]
    public void A_cancelled_trial_ends() => Assert.Throws<OperationCanceledException>(
        () => CovariateShiftTrial.Run(StudyWorld.Of("pendulum"), 1_000_000, 1, MoreData.None, seed: 1, new CancellationToken(canceled: true)));
}
