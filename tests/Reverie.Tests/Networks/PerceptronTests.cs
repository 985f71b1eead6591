using Reverie.Networks;
using Reverie.Numerics;

namespace Reverie.Tests.Networks;

/// <summary>A perceptron's passes, against the plain formula and central differences.</summary>
public sealed class PerceptronTests
{
    [Fact]
    public void A_network_of_two_units_is_what_hand_calculation_says()
    {
        // h = φ(2 x + 1), y = 3 h − 0.5 at x = 0.5: z = 2, σ(2) = 0.88079707797788, h = 1.76159415595576.
        var network = new Perceptron([1, 1, 1]);
        network.SetParameters([2.0, 1.0, 3.0, -0.5]);
        var tape = new PerceptronTape(network, 1);
        tape.Input(0)[0] = 0.5;
        network.Forward(tape, 0, 1);
        Assert.Equal((3.0 * 1.76159415595576) - 0.5, tape.Output(0)[0], 1e-12);

        // φ'(2) = σ (1 + 2 (1 − σ)) = 1.0907842487848955.
        const double Slope = 1.0907842487848955;
        tape.OutputError(0)[0] = 1.0;
        network.Backward(tape, 0, 1);
        var gradient = new double[4];
        network.AddGradient(tape, 0, 1, gradient);
        Assert.Equal(3.0 * Slope * 2.0, tape.InputError(0)[0], 1e-12);
        Assert.Equal(3.0 * Slope * 0.5, gradient[0], 1e-12);
        Assert.Equal(3.0 * Slope, gradient[1], 1e-12);
        Assert.Equal(1.76159415595576, gradient[2], 1e-12);
        Assert.Equal(1.0, gradient[3]);
    }

    [Fact]
    public void Gradients_agree_with_central_differences()
    {
        const int Rows = 9;
        var random = new RandomStream(RandomKey.FromSeed(1));
        var network = new Perceptron([5, 11, 17, 3]);
        network.Initialize(random);
        double[] parameters = [.. network.Parameters];
        foreach (ref double p in parameters.AsSpan())
        {
            p += 0.1 * random.NextNormal();
        }

        var tape = new PerceptronTape(network, Rows);
        double[] inputs = Normal(random, Rows * 5), weights = Normal(random, Rows * 3);
        double Loss(double[] theta, double[] x)
        {
            network.SetParameters(theta);
            for (int r = 0; r < Rows; r++)
            {
                x.AsSpan(r * 5, 5).CopyTo(tape.Input(r));
            }

            network.Forward(tape, 0, Rows);
            double sum = 0.0;
            for (int r = 0; r < Rows; r++)
            {
                sum += Dense.Dot(tape.Output(r), weights.AsSpan(r * 3, 3));
            }

            return sum;
        }

        Loss(parameters, inputs);
        for (int r = 0; r < Rows; r++)
        {
            weights.AsSpan(r * 3, 3).CopyTo(tape.OutputError(r));
        }

        // In two calls, as steps of a rollout.
        network.Backward(tape, 4, Rows - 4);
        network.Backward(tape, 0, 4);
        var gradient = new double[network.ParameterCount];
        network.AddGradient(tape, 0, Rows, gradient);
        double[] inputGradient = [.. Enumerable.Range(0, Rows).SelectMany(r => tape.InputError(r).ToArray())];
        AssertDifferences(gradient, parameters, theta => Loss(theta, inputs));
        AssertDifferences(inputGradient, inputs, x => Loss(parameters, x));
    }

    [Fact]
    public void Tapes_of_others_and_wrong_sizes_are_refused()
    {
        var network = new Perceptron([2, 3, 1]);
        var tape = new PerceptronTape(network, 4);
        Assert.Throws<ArgumentException>(() => new Perceptron([2, 3, 1]).Forward(tape, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Forward(tape, 2, 3));
        Assert.Contains("13", Assert.Throws<ArgumentException>(() => network.SetParameters(new double[5])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Perceptron([2]));

        // Three hidden units have a stride of eight: 2²⁹ · 8 = 2³² is 0 in 32 bits.
        Assert.Throws<ArgumentOutOfRangeException>(() => new PerceptronTape(network, 1 << 29));
    }

    [Fact]
    public void Adams_first_steps_are_those_of_its_paper()
    {
        // The first step has the length α whatever the gradient; with a constant gradient so have all.
        var adam = new Adam(2);
        double[] theta = [1.0, -1.0];
        for (int i = 1; i <= 3; i++)
        {
            adam.Step(theta, [0.5, -20.0], 0.1);
            Assert.Equal(1.0 - (0.1 * i), theta[0], 1e-7);
            Assert.Equal(-1.0 + (0.1 * i), theta[1], 1e-7);
        }
    }

    internal static double[] Normal(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];

    internal static void AssertDifferences(ReadOnlySpan<double> gradient, double[] at, Func<double[], double> loss, double tolerance = 1e-7)
    {
        const double Step = 1e-5;
        double scale = Math.Max(1e-3, Dense.Norm(gradient));
        for (int i = 0; i < at.Length; i++)
        {
            double[] up = [.. at], down = [.. at];
            up[i] += Step;
            down[i] -= Step;
            Assert.Equal((loss(up) - loss(down)) / (2.0 * Step), gradient[i], tolerance * scale);
        }
    }
}
