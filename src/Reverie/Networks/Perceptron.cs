using System.Runtime.Intrinsics;
using Reverie.Numerics;

namespace Reverie.Networks;

/// <summary>
/// A multilayer perceptron in double precision that is differentiated in reverse: hₗ = φ(hₗ₋₁ Wₗ + bₗ) with φ(z) = z σ(z) in hidden layers, the last one linear; back,
/// δₗ₋₁ = (δₗ Wₗᵀ) ⊙ φ'(zₗ₋₁), ∂L/∂Wₗ = hₗ₋₁ᵀ δₗ, ∂L/∂bₗ = Σ δₗ.
/// </summary>
/// <remarks>
/// The flat parameters are, layer by layer, W row-major <c>[in, out]</c> and b <c>[out]</c>. What a pass needs to remember is in a <see cref="PerceptronTape"/>: several tapes may
/// be used at the same time while the parameters stay. Every sum is taken in one fixed order.
/// </remarks>
public sealed unsafe class Perceptron
{
    private readonly int[] sizes, strides;
    private readonly AlignedDoubles[] weights, transposed, biases;
    private readonly double[] parameters;

    /// <summary>A network whose parameters are all 0.</summary>
    /// <param name="sizes">Layer widths from input to output, at least two, each positive.</param>
    /// <exception cref="ArgumentException">There are fewer than two widths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A width is not positive.</exception>
    public Perceptron(IReadOnlyList<int> sizes)
    {
        if (sizes.Count < 2)
        {
            throw new ArgumentException($"A network needs at least 2 layer widths, from input to output; given {sizes.Count}.", nameof(sizes));
        }

        foreach (int size in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(sizes));
        }

        this.sizes = [.. sizes];
        strides = [.. sizes.Select(DoubleKernel.Padded)];
        int layers = sizes.Count - 1;
        weights = [.. Enumerable.Range(0, layers).Select(l => new AlignedDoubles(sizes[l] * strides[l + 1]))];
        transposed = [.. Enumerable.Range(0, layers).Select(l => new AlignedDoubles(sizes[l + 1] * strides[l]))];
        biases = [.. Enumerable.Range(0, layers).Select(l => new AlignedDoubles(strides[l + 1]))];
        parameters = new double[Enumerable.Range(0, layers).Sum(l => (sizes[l] + 1) * sizes[l + 1])];
    }

    /// <summary>Layer widths from input to output.</summary>
    public IReadOnlyList<int> Sizes => sizes;

    /// <summary>P.</summary>
    public int ParameterCount => parameters.Length;

    /// <summary>All parameters, <c>[P]</c>; the view follows <see cref="SetParameters"/>.</summary>
    public ReadOnlySpan<double> Parameters => parameters;

    /// <summary>Distances between rows of a tape, layer by layer.</summary>
    internal ReadOnlySpan<int> Strides => strides;

    /// <summary>Takes over parameters. Passes remembered before are no longer valid.</summary>
    /// <param name="values">All of them, <c>[P]</c>.</param>
    /// <exception cref="ArgumentException">Their number is another.</exception>
    public void SetParameters(ReadOnlySpan<double> values)
    {
        if (values.Length != parameters.Length)
        {
            throw new ArgumentException($"'{nameof(values)}' has {values.Length} numbers; the network has {parameters.Length} parameters.", nameof(values));
        }

        values.CopyTo(parameters);
        int offset = 0;
        for (int l = 0; l < weights.Length; l++)
        {
            int n = sizes[l], m = sizes[l + 1];
            double* t = transposed[l].Pointer;
            for (int i = 0; i < n; i++)
            {
                var row = values.Slice(offset + (i * m), m);
                row.CopyTo(weights[l].Span.Slice(i * strides[l + 1], m));
                for (int o = 0; o < m; o++)
                {
                    t[(o * strides[l]) + i] = row[o];
                }
            }

            values.Slice(offset + (n * m), m).CopyTo(biases[l].Span);
            offset += (n + 1) * m;
        }
    }

    /// <summary>Draws weights from normal distributions with deviation 1/√in, the last layer's times a factor; biases are 0.</summary>
    /// <param name="random">Where from.</param>
    /// <param name="lastScale">The last layer's factor, at least 0: a small one has a policy begin near the middle of its actions.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public void Initialize(RandomStream random, double lastScale = 1.0)
    {
        if (!(lastScale >= 0.0 && double.IsFinite(lastScale)))
        {
            throw new ArgumentOutOfRangeException(nameof(lastScale), lastScale, "The last layer's factor must be at least 0 and finite.");
        }

        var values = new double[parameters.Length];
        int offset = 0;
        for (int l = 0; l < weights.Length; l++)
        {
            double deviation = (l == weights.Length - 1 ? lastScale : 1.0) / Math.Sqrt(sizes[l]);
            for (int i = 0; i < sizes[l] * sizes[l + 1]; i++)
            {
                values[offset + i] = deviation * random.NextNormal();
            }

            offset += (sizes[l] + 1) * sizes[l + 1];
        }

        SetParameters(values);
    }

    /// <summary>Outputs from inputs, remembered in the tape.</summary>
    /// <param name="tape">Rows with their inputs; receives outputs.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <exception cref="ArgumentException">The tape is another network's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has no such rows.</exception>
    public void Forward(PerceptronTape tape, int first, int count)
    {
        tape.Require(this, first, count);
        for (int l = 0; l < weights.Length; l++)
        {
            int n = strides[l], m = strides[l + 1];
            double* y = tape.Activations[l + 1].Pointer + ((nint)first * m);
            DoubleKernel.Multiply(tape.Activations[l].Pointer + ((nint)first * n), n, weights[l].Pointer, y, count, m, sizes[l]);
            bool hidden = l < weights.Length - 1;
            double* slope = hidden ? tape.Slopes[l].Pointer + ((nint)first * m) : null;
            for (int r = 0; r < count; r++, y += m, slope += m)
            {
                if (hidden)
                {
                    Activate(y, biases[l].Pointer, slope, m);
                }
                else
                {
                    Shift(y, biases[l].Pointer, m);
                }
            }
        }
    }

    /// <summary>Errors of inputs from those of outputs, δ₀ = ∂L/∂h₀, at rows that have passed forward.</summary>
    /// <param name="tape">Rows with the errors of their outputs; receives the errors of their inputs.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <exception cref="ArgumentException">The tape is another network's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has no such rows.</exception>
    public void Backward(PerceptronTape tape, int first, int count)
    {
        tape.Require(this, first, count);
        for (int l = weights.Length - 1; l >= 0; l--)
        {
            int n = strides[l], m = strides[l + 1];
            double* below = tape.Errors[l].Pointer + ((nint)first * n);
            DoubleKernel.Multiply(tape.Errors[l + 1].Pointer + ((nint)first * m), m, transposed[l].Pointer, below, count, n, sizes[l + 1]);
            if (l > 0)
            {
                double* slope = tape.Slopes[l - 1].Pointer + ((nint)first * n);
                for (int i = 0; i < count * n; i += DoubleLanes.Count)
                {
                    (Vector512.Load(below + i) * Vector512.Load(slope + i)).Store(below + i);
                }
            }
        }
    }

    /// <summary>Adds ∂L/∂θ to a gradient, from rows that have passed forward and back since the parameters last changed.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="gradient">What it is added to, <c>[P]</c>.</param>
    /// <exception cref="ArgumentException">The tape is another network's, or the gradient has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has no such rows.</exception>
    public void AddGradient(PerceptronTape tape, int first, int count, Span<double> gradient)
    {
        tape.Require(this, first, count);
        if (gradient.Length != parameters.Length)
        {
            throw new ArgumentException($"'{nameof(gradient)}' has {gradient.Length} numbers; the network has {parameters.Length} parameters.", nameof(gradient));
        }

        int offset = 0;
        for (int l = 0; l < weights.Length; l++)
        {
            int n = sizes[l], m = sizes[l + 1];
            double* delta = tape.Errors[l + 1].Pointer + ((nint)first * strides[l + 1]);
            double* product = tape.Product.Pointer;
            DoubleKernel.Multiply(tape.Activations[l].Pointer + ((nint)first * strides[l]), 1, delta, product, n, strides[l + 1], count, strides[l]);
            for (int i = 0; i < n; i++)
            {
                Dense.AddScaled(1.0, new ReadOnlySpan<double>(product + (i * strides[l + 1]), m), gradient.Slice(offset + (i * m), m));
            }

            var bias = gradient.Slice(offset + (n * m), m);
            for (int r = 0; r < count; r++)
            {
                Dense.AddScaled(1.0, new ReadOnlySpan<double>(delta + ((nint)r * strides[l + 1]), m), bias);
            }

            offset += (n + 1) * m;
        }
    }

    // φ(z) = z σ(z), φ'(z) = σ(z) (1 + z (1 − σ(z))).
    private static void Activate(double* row, double* bias, double* slope, int count)
    {
        for (int i = 0; i < count; i += DoubleLanes.Count)
        {
            var z = Vector512.Load(row + i) + Vector512.Load(bias + i);
            var sigma = Vector512<double>.One / (Vector512<double>.One + DoubleLanes.Exp(new DoubleLanes(-z)).Value);
            (z * sigma).Store(row + i);
            (sigma * (Vector512<double>.One + (z * (Vector512<double>.One - sigma)))).Store(slope + i);
        }
    }

    private static void Shift(double* row, double* bias, int count)
    {
        for (int i = 0; i < count; i += DoubleLanes.Count)
        {
            (Vector512.Load(row + i) + Vector512.Load(bias + i)).Store(row + i);
        }
    }
}
