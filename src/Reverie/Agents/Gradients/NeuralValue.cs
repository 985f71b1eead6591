using Reverie.Networks;
using Reverie.Numerics;

namespace Reverie.Agents.Gradients;

/// <summary>A differentiable value function, V(o) = s · f(o), f a multilayer perceptron and s a scale that keeps f near 1.</summary>
public sealed class NeuralValue
{
    private readonly Perceptron network;

    /// <summary>A value near 0 everywhere.</summary>
    /// <param name="inputs">What its network sees; may be shared with others.</param>
    /// <param name="hiddenLayers">Hidden layers, at least 1.</param>
    /// <param name="hiddenSize">Units in a hidden layer, at least 1.</param>
    /// <param name="random">Draws the weights.</param>
    public NeuralValue(ObservationInputs inputs, int hiddenLayers, int hiddenSize, RandomStream random)
    {
        Inputs = inputs;
        network = new Perceptron([inputs.Size, .. Enumerable.Repeat(hiddenSize, hiddenLayers), 1]);
        network.Initialize(random, lastScale: 0.1);
    }

    /// <summary>What its network sees.</summary>
    public ObservationInputs Inputs { get; }

    /// <summary>s, above 0. 1 at first.</summary>
    public double Scale { get; set; } = 1.0;

    /// <summary>P.</summary>
    public int ParameterCount => network.ParameterCount;

    /// <summary>All parameters, <c>[P]</c>; the view follows <see cref="SetParameters"/>.</summary>
    public ReadOnlySpan<double> Parameters => network.Parameters;

    /// <summary>Its network.</summary>
    internal Perceptron Network => network;

    /// <summary>Takes over parameters. Passes remembered before are no longer valid.</summary>
    /// <param name="values">All of them, <c>[P]</c>.</param>
    /// <exception cref="ArgumentException">Their number is another.</exception>
    public void SetParameters(ReadOnlySpan<double> values) => network.SetParameters(values);

    /// <summary>Values of observations, remembered in the tape.</summary>
    /// <param name="tape">A tape of this value.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows, N.</param>
    /// <param name="observations">o, row-major <c>[N, O]</c>.</param>
    /// <param name="values">Receives V, <c>[N]</c>.</param>
    /// <exception cref="ArgumentException">The tape is another value's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has no such rows, or a span is too short.</exception>
    public void Forward(ValueTape tape, int first, int count, ReadOnlySpan<double> observations, Span<double> values)
    {
        int o = Inputs.ObservationSize;
        for (int r = 0; r < count; r++)
        {
            Inputs.Embed(observations.Slice(r * o, o), tape.Network.Input(first + r));
        }

        observations[..(count * o)].CopyTo(tape.Observations.AsSpan(first * o));
        network.Forward(tape.Network, first, count);
        for (int r = 0; r < count; r++)
        {
            values[r] = Scale * tape.Network.Output(first + r)[0];
        }
    }

    /// <summary>The way back of a gradient, to the observations.</summary>
    /// <param name="tape">A tape whose rows have passed forward.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows, N.</param>
    /// <param name="valueGradients">∂L/∂V, <c>[N]</c>.</param>
    /// <param name="observationGradients">Receives ∂L/∂o, row-major <c>[N, O]</c>; may be empty.</param>
    /// <exception cref="ArgumentException">The tape is another value's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has no such rows, or a span is too short.</exception>
    public void Backward(ValueTape tape, int first, int count, ReadOnlySpan<double> valueGradients, Span<double> observationGradients)
    {
        int o = Inputs.ObservationSize;
        for (int r = 0; r < count; r++)
        {
            tape.Network.OutputError(first + r)[0] = Scale * valueGradients[r];
        }

        network.Backward(tape.Network, first, count);
        observationGradients.Clear();
        for (int r = 0; r < count && !observationGradients.IsEmpty; r++)
        {
            Inputs.Pull(tape.Observations.AsSpan((first + r) * o, o), tape.Network.InputError(first + r), observationGradients.Slice(r * o, o));
        }
    }

    /// <summary>Adds ∂L/∂θ to a gradient, from rows that have passed forward and back since the parameters last changed.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="gradient">What it is added to, <c>[P]</c>.</param>
    /// <exception cref="ArgumentException">The tape is another value's, or the gradient has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has no such rows.</exception>
    public void AddGradient(ValueTape tape, int first, int count, Span<double> gradient) => network.AddGradient(tape.Network, first, count, gradient);
}

/// <summary>What a <see cref="NeuralValue"/> remembers of its passes, row by row.</summary>
public sealed class ValueTape
{
    /// <summary>Room for rows.</summary>
    /// <param name="value">Whose passes.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one row.</exception>
    public ValueTape(NeuralValue value, int rows)
    {
        Network = new PerceptronTape(value.Network, rows);
        Observations = new double[rows * value.Inputs.ObservationSize];
    }

    /// <summary>How many rows.</summary>
    public int Rows => Network.Rows;

    internal PerceptronTape Network { get; }

    /// <summary>o, <c>[rows, O]</c>.</summary>
    internal double[] Observations { get; }
}
