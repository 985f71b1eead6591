using Reverie.Experiments.Studies;

namespace Reverie.Experiments.Tests.Studies;

public class ImaginationErrorTests
{
    [Fact]
    public void Extrapolations_follow_from_one_step()
    {
        var trial = new ImaginationErrorTrial([0.0, 0.5, 0.9, 1.2], Lipschitz: 2.0);

        Assert.Equal([0.0, 0.5, 1.0, 1.5], trial.Linear);
        Assert.Equal([0.0, 0.5, 1.5, 3.5], trial.Stretched);
    }

    [Fact]
    public void A_trained_model_errs_little_over_one_step_and_more_over_ten_the_same_for_the_same_seed()
    {
        var world = StudyWorld.Of("pendulum", "maxSteps=50");

        var first = ImaginationErrorTrial.Run(world, 200, 10, seed: 3, CancellationToken.None);
        var second = ImaginationErrorTrial.Run(world, 200, 10, seed: 3, CancellationToken.None);

        // The observation's own spread is 1 in these units.
        Assert.InRange(first.OneStep, 1e-5, 0.05);
        Assert.InRange(first.Measured[10], 2.0 * first.OneStep, 0.5);
        Assert.Equal(first.Measured, second.Measured);
        Assert.Equal(first.Lipschitz, second.Lipschitz);
    }
}
