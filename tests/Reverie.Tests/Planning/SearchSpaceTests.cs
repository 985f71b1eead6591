using Reverie.Models;
using Reverie.Numerics;
using Reverie.Planning;
using Reverie.Worlds;

namespace Reverie.Tests.Planning;

public class SearchSpaceTests
{
    [Fact]
    public void The_box_is_scaled_from_minus_one_to_one()
    {
        var space = new SearchSpace(ActionSpace.Box([-1.0, 10.0], [3.0, 20.0]));
        Assert.Equal(2, space.Size);
        float[] z = [-1f, -1f, 0f, 0f, 1f, 1f, 0.5f, -0.5f];
        double[] wanted = [-1.0, 10.0, 1.0, 15.0, 3.0, 20.0, 2.0, 12.5];
        var batch = Batch.Allocate(2, 4);
        var lanes = new float[2 * batch.Stride];
        for (int n = 0; n < 4; n++)
        {
            var one = new double[2];
            space.Decode(z.AsSpan(2 * n, 2), one);
            Assert.Equal(wanted[(2 * n)..(2 * n + 2)], one);
            (lanes[n], lanes[batch.Stride + n]) = (z[2 * n], z[(2 * n) + 1]);
        }

        space.Decode(lanes, batch);
        for (int n = 0; n < 4; n++)
        {
            Assert.Equal(wanted[2 * n], batch.Feature(0)[n]);
            Assert.Equal(wanted[(2 * n) + 1], batch.Feature(1)[n]);
        }
    }

    [Fact]
    public void What_lies_outside_the_box_is_limited_to_it()
    {
        var space = new SearchSpace(ActionSpace.Box([-1.0], [3.0]));
        var action = new double[1];
        space.Decode([7f], action);
        Assert.Equal(3.0, action[0]);
        space.Decode([-7f], action);
        Assert.Equal(-1.0, action[0]);
        var limited = new float[16];
        float[] given = [-2f, -1f, -0.5f, 0f, 0.5f, 1f, 2f, 9f, -9f, 0f, 0f, 0f, 0f, 0f, 0f, 0f];
        space.Limit(Lanes.Load(given, 0)).Store(limited, 0);
        Assert.Equal([-1f, -1f, -0.5f, 0f, 0.5f, 1f, 1f, 1f, -1f], limited[..9]);
    }

    [Fact]
    public void A_discrete_action_is_that_of_the_largest_score_and_the_first_of_equals()
    {
        var space = new SearchSpace(ActionSpace.Discrete(3));
        Assert.Equal(3, space.Size);
        float[][] scores = [[1f, 0f, -1f], [-3f, -2f, -5f], [0f, 1f, 2f], [0f, 0f, 0f], [-1f, 4f, 4f], [9f, -9f, 9f]];
        double[] wanted = [0, 1, 2, 0, 1, 0];
        var batch = Batch.Allocate(1, scores.Length);
        var lanes = new float[3 * batch.Stride];
        for (int n = 0; n < scores.Length; n++)
        {
            var one = new double[1];
            space.Decode(scores[n], one);
            Assert.Equal(wanted[n], one[0]);
            for (int choice = 0; choice < 3; choice++)
            {
                lanes[(choice * batch.Stride) + n] = scores[n][choice];
            }
        }

        space.Decode(lanes, batch);
        Assert.Equal(wanted, batch.Feature(0)[..scores.Length].ToArray().Select(x => (double)x));

        // Scores may leave [−1, 1]: limiting them would make equals of what is not.
        var limited = new float[16];
        space.Limit(5.0).Store(limited, 0);
        Assert.Equal(5f, limited[0]);
    }
}
