using System.Runtime.InteropServices;
using Reverie.Neural.Networks;
using Reverie.Numerics;
using static TorchSharp.torch;

namespace Reverie.Neural.Tests.Networks;

public sealed unsafe class DenseKernelTests
{
    private const int Tile = DenseKernel.TileWidth;

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(1, 7, true)]
    [InlineData(5, 6, true)]
    [InlineData(7, 13, false)]
    [InlineData(65, 31, true)]
    [InlineData(200, 200, true)]
    public void A_layer_is_that_of_libtorch_with_and_without_wide_vectors(int inputs, int outputs, bool silu)
    {
        using var scope = NewDisposeScope();
        var random = new RandomStream(RandomKey.FromSeed(inputs));
        float[] x = FusedPassesTests.Normal(random, inputs * Tile), w = FusedPassesTests.Normal(random, inputs * outputs), b = FusedPassesTests.Normal(random, outputs);
        var expected = matmul(tensor(w).view(inputs, outputs).t(), tensor(x).view(inputs, Tile)) + tensor(b).view(outputs, 1);
        float[] wanted = (silu ? nn.functional.silu(expected) : expected).ToFloats();

        FusedPassesTests.AssertClose(wanted, Compute(x, w, b, silu, portable: false), 1e-6);
        FusedPassesTests.AssertClose(wanted, Compute(x, w, b, silu, portable: true), 1e-6);
    }

    [Fact]
    public void The_activation_holds_from_one_end_of_single_precision_to_the_other()
    {
        var x = new float[Tile];
        for (int i = 0; i < Tile; i++)
        {
            x[i] = (float)((i - 32) * 2.7);
        }

        (x[62], x[63]) = (1e30f, float.NaN);
        float[] y = Compute(x, [1f], [0f], silu: true, portable: false);
        for (int i = 0; i < Tile - 1; i++)
        {
            double wanted = x[i] / (1.0 + Math.Exp(-x[i]));

            // e⁻ˣ cannot be closer than the rounding of its exponent allows: |x|·2⁻²⁴.
            double relative = 1e-6 + (Math.Abs(x[i]) < 100 ? Math.Abs(x[i]) * Math.Pow(2, -24) : 0);
            Assert.True(Math.Abs(y[i] - wanted) <= (relative * Math.Abs(wanted)) + 1e-35, $"silu({x[i]}) is {wanted}, got {y[i]}");
        }

        Assert.True(float.IsNaN(y[63]));
    }

    [Fact]
    public void A_packed_network_maps_raw_inputs_to_raw_outputs()
    {
        using var scope = NewDisposeScope();
        var random = new RandomStream(RandomKey.FromSeed(7));
        int[] sizes = [4, 9, 9, 5];
        using var network = new EnsembleNetwork(1, sizes, 0, random, CPU);
        float[] mean = FusedPassesTests.Normal(random, 4), shift = FusedPassesTests.Normal(random, 5);
        float[] deviation = [0.2f, 1f, 3f, 0.7f], scale = [2f, 0.1f, 1f, 0.5f, 7f];
        var packed = new PackedNetwork(sizes);
        for (int l = 0; l < 3; l++)
        {
            network.Biases(l).CopyFrom(FusedPassesTests.Normal(random, sizes[l + 1]));
            packed.Set(
                l,
                network.Weights(l).ToFloats(),
                network.Biases(l).ToFloats(),
                l == 0 ? mean : [],
                l == 0 ? deviation : [],
                l == 2 ? scale : [],
                l == 2 ? shift : []);
        }

        float[] x = FusedPassesTests.Normal(random, 4 * Tile);
        var normalised = (tensor(x).view(4, Tile).t() - tensor(mean)) / tensor(deviation);
        float[] wanted = ((network.Forward(normalised.unsqueeze(0)).squeeze(0) * tensor(scale)) + tensor(shift)).t().ToFloats();

        float* input = Aligned(x.Length), first = Aligned(packed.Rows * Tile), second = Aligned(packed.Rows * Tile);
        x.CopyTo(new Span<float>(input, x.Length));
        float[] got = new ReadOnlySpan<float>(packed.Forward(input, first, second), 5 * Tile).ToArray();
        FusedPassesTests.AssertClose(wanted, got, 1e-6);

        // And so does the network that is differentiated.
        double[] point = [.. Enumerable.Range(0, 4).Select(d => (double)x[d * Tile])];
        var precise = new DifferentiableNetwork(sizes);
        precise.CopyFrom(packed);
        var (into, from, to) = (new AlignedDoubles(8), new AlignedDoubles(precise.Width), new AlignedDoubles(precise.Width));
        point.CopyTo(into.Span);
        double[] output = new ReadOnlySpan<double>(precise.Forward(into.Pointer, 1, 0, from.Pointer, to.Pointer), 5).ToArray();
        FusedPassesTests.AssertClose([.. Enumerable.Range(0, 5).Select(k => wanted[k * Tile])], [.. output.Select(v => (float)v)], 1e-6);
        NativeMemory.AlignedFree(input);
        NativeMemory.AlignedFree(first);
        NativeMemory.AlignedFree(second);
    }

    private static float[] Compute(float[] x, float[] w, float[] b, bool silu, bool portable)
    {
        int inputs = x.Length / Tile, outputs = b.Length, padded = DenseKernel.Padded(outputs);
        float* input = Aligned(x.Length), weights = Aligned(inputs * padded), bias = Aligned(padded), y = Aligned(padded * Tile);
        x.CopyTo(new Span<float>(input, x.Length));
        b.CopyTo(new Span<float>(bias, outputs));
        for (int o = 0; o < outputs; o++)
        {
            for (int i = 0; i < inputs; i++)
            {
                // [outputs / 6][inputs][6]
                weights[(o / 6 * inputs * 6) + (i * 6) + (o % 6)] = w[(i * outputs) + o];
            }
        }

        if (portable)
        {
            DenseKernel.LayerPortable(input, inputs, weights, bias, outputs, y, silu);
        }
        else
        {
            DenseKernel.Layer(input, inputs, weights, bias, outputs, y, silu);
        }

        float[] result = new ReadOnlySpan<float>(y, outputs * Tile).ToArray();
        foreach (nint owned in (nint[])[(nint)input, (nint)weights, (nint)bias, (nint)y])
        {
            NativeMemory.AlignedFree((void*)owned);
        }

        return result;
    }

    private static float* Aligned(int count)
    {
        var memory = (float*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(float)), 64);
        new Span<float>(memory, count).Clear();
        return memory;
    }
}
