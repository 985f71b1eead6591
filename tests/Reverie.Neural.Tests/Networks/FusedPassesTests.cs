using Reverie.Neural.Networks;
using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Neural.Tests.Networks;

public sealed class FusedPassesTests
{
    [Theory]
    [InlineData(3, 20, 7)]
    [InlineData(5, 200, 32)]
    [InlineData(2, 65, 100)]
    public void Gradient_is_that_of_automatic_differentiation(int members, int hidden, int batch)
    {
        using var scope = NewDisposeScope();
        using var workers = new Workers(2);
        var random = new RandomStream(new RandomKey(3));
        using var network = new EnsembleNetwork(members, [6, hidden, hidden, 9], 0, random, CPU);
        var inputs = tensor(Normal(random, members * batch * 6)).view(members, batch, 6);
        var weightsOfLoss = tensor(Normal(random, members * batch * 9)).view(members, batch, 9);

        var outputs = network.Forward(inputs);
        (outputs * weightsOfLoss).sum().backward();
        float[] expectedOutputs = outputs.ToFloats();
        float[] expected = network.Gradient.ToFloats();

        var passes = new FusedPasses(network, batch, workers);
        inputs.CopyTo(passes.Inputs);
        passes.Forward();
        weightsOfLoss.CopyTo(passes.OutputErrors);
        passes.Backward();

        AssertClose(expectedOutputs, passes.Outputs, 1e-5);
        AssertClose(expected, network.Gradient.ToFloats(), 1e-5);
    }

    [Fact]
    public void Gradient_has_the_same_bits_for_any_number_of_threads()
    {
        float[]? first = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(threads);
            var random = new RandomStream(new RandomKey(4));
            using var network = new EnsembleNetwork(5, [6, 50, 50, 8], 0, random, CPU);
            var passes = new FusedPasses(network, 48, workers);
            Normal(random, passes.Inputs.Length).CopyTo(passes.Inputs);
            Normal(random, passes.OutputErrors.Length).CopyTo(passes.OutputErrors);
            passes.Forward();
            passes.Backward();
            float[] gradient = network.Gradient.ToFloats();
            first ??= gradient;
            Assert.Equal(first, gradient);
        }
    }

    [Fact]
    public void Fused_optimizer_takes_the_same_step_as_tensor_operations()
    {
        using var workers = new Workers(2);
        float[][] results = new float[2][];
        for (int fused = 0; fused < 2; fused++)
        {
            var random = new RandomStream(new RandomKey(5));
            using var network = new EnsembleNetwork(3, [5, 33, 7], 4, random, CPU);
            using var adam = new FlatAdam(network, fused == 1 ? workers : null);
            for (int step = 0; step < 5; step++)
            {
                network.Gradient.CopyFrom(Normal(random, (int)network.Gradient.NumberOfElements));
                adam.Step(1e-2, 1e-1);
            }

            results[fused] = network.Parameters.ToFloats();
        }

        AssertClose(results[0], results[1], 1e-6);
    }

    internal static float[] Normal(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];

    internal static void AssertClose(float[] expected, float[] actual, double relative)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Sqrt(expected.Average(x => (double)x * x));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= relative * (Math.Abs(expected[i]) + (10 * scale)), $"item {i}: expected {expected[i]}, got {actual[i]}");
        }
    }
}
