using Reverie.Networks;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Agents.Gradients;

/// <summary>
/// A differentiable policy for continuous actions: u = c + d ⊙ tanh(μ(o) + σ(o) ⊙ ε), c and d the middle and the half widths of the action box, μ a multilayer perceptron. ε = 0
/// makes it deterministic; with ε standard normal it is drawn by reparametrisation (Kingma and Welling 2014), so that gradients pass through the draw (Heess et al. 2015, section 4).
/// </summary>
/// <remarks>
/// ln σ are free parameters, or outputs of the network held between −5 and 1 by tanh: see <see cref="PolicyNoise"/>. The flat parameters are the network's, then the free ln σ.
/// Double precision throughout.
/// </remarks>
public sealed class NeuralPolicy
{
    private const double LeastLog = -5.0, MostLog = 1.0;

    private readonly Perceptron network;
    private readonly double[] middle, halfWidth, logDeviation, parameters;

    /// <summary>A policy near the middle of the action box.</summary>
    /// <param name="spec">The world it acts in.</param>
    /// <param name="options">The options.</param>
    /// <param name="inputs">What its network sees; may be shared with others.</param>
    /// <param name="random">Draws the weights.</param>
    /// <exception cref="ArgumentException">Actions are discrete, or an option is out of range.</exception>
    public NeuralPolicy(WorldSpec spec, NeuralPolicyOptions options, ObservationInputs inputs, RandomStream random)
    {
        OptionRanges.Checked(options);
        if (spec.Actions.IsDiscrete)
        {
            throw new ArgumentException($"World '{spec.Name}' has {spec.Actions.Choices} numbered actions; this policy is for continuous ones, through which gradients pass.", nameof(spec));
        }

        (Spec, Options, Inputs) = (spec, options, inputs);
        int m = spec.Actions.Size, outputs = options.Noise == PolicyNoise.StateDependent ? 2 * m : m;
        network = new Perceptron([inputs.Size, .. Enumerable.Repeat(options.HiddenSize, options.HiddenLayers), outputs]);
        network.Initialize(random, lastScale: 0.1);
        logDeviation = new double[options.Noise == PolicyNoise.Shared ? m : 0];
        (middle, halfWidth) = (new double[m], new double[m]);
        for (int a = 0; a < m; a++)
        {
            middle[a] = 0.5 * (spec.Actions.High[a] + spec.Actions.Low[a]);
            halfWidth[a] = 0.5 * (spec.Actions.High[a] - spec.Actions.Low[a]);
        }

        double log = Math.Log(options.InitialDeviation);
        parameters = [.. network.Parameters, .. logDeviation.Select(_ => log)];
        if (options.Noise == PolicyNoise.StateDependent)
        {
            // ln σ = l + ½ (h − l) (1 + tanh z): the bias of z that gives the deviation wanted.
            double share = Math.Clamp((2.0 * (log - LeastLog) / (MostLog - LeastLog)) - 1.0, -0.999, 0.999);
            parameters.AsSpan(network.ParameterCount - m, m).Fill(Math.Atanh(share));
        }

        SetParameters(parameters);
    }

    /// <summary>The world it acts in.</summary>
    public WorldSpec Spec { get; }

    /// <summary>The options.</summary>
    public NeuralPolicyOptions Options { get; }

    /// <summary>What its network sees.</summary>
    public ObservationInputs Inputs { get; }

    /// <summary>P.</summary>
    public int ParameterCount => parameters.Length;

    /// <summary>All parameters θ, <c>[P]</c>; the view follows <see cref="SetParameters"/>.</summary>
    public ReadOnlySpan<double> Parameters => parameters;

    /// <summary>Whether actions are drawn.</summary>
    public bool IsStochastic => Options.Noise != PolicyNoise.None;

    /// <summary>Its network.</summary>
    internal Perceptron Network => network;

    /// <summary>Takes over parameters. Passes remembered before are no longer valid.</summary>
    /// <param name="values">All of them, <c>[P]</c>.</param>
    /// <exception cref="ArgumentException">Their number is another.</exception>
    public void SetParameters(ReadOnlySpan<double> values)
    {
        if (values.Length != parameters.Length)
        {
            throw new ArgumentException($"'{nameof(values)}' has {values.Length} numbers; the policy has {parameters.Length} parameters.", nameof(values));
        }

        values.CopyTo(parameters);
        network.SetParameters(values[..network.ParameterCount]);
        values[network.ParameterCount..].CopyTo(logDeviation);
    }

    /// <summary>Actions from observations, remembered in the tape.</summary>
    /// <param name="tape">A tape of this policy.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows, N.</param>
    /// <param name="observations">o, row-major <c>[N, O]</c>.</param>
    /// <param name="noise">ε, row-major <c>[N, m]</c>; empty for 0.</param>
    /// <param name="actions">Receives u, row-major <c>[N, m]</c>.</param>
    /// <exception cref="ArgumentException">The tape is another policy's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has no such rows, or a span is too short.</exception>
    public void Forward(PolicyTape tape, int first, int count, ReadOnlySpan<double> observations, ReadOnlySpan<double> noise, Span<double> actions)
    {
        int o = Inputs.ObservationSize, m = middle.Length;
        for (int r = 0; r < count; r++)
        {
            Inputs.Embed(observations.Slice(r * o, o), tape.Network.Input(first + r));
        }

        observations[..(count * o)].CopyTo(tape.Observations.AsSpan(first * o));
        network.Forward(tape.Network, first, count);
        for (int r = 0; r < count; r++)
        {
            var output = tape.Network.Output(first + r);
            for (int a = 0; a < m; a++)
            {
                double epsilon = noise.IsEmpty || !IsStochastic ? 0.0 : noise[(r * m) + a];
                double spread = epsilon == 0.0 ? 0.0 : epsilon * Math.Exp(LogDeviation(output, a));
                double squashed = Math.Tanh(output[a] + spread);
                int at = ((first + r) * m) + a;
                (tape.Spread[at], tape.Squashed[at]) = (spread, squashed);
                actions[(r * m) + a] = middle[a] + (halfWidth[a] * squashed);
            }
        }
    }

    /// <summary>The way back of a gradient, to the observations; <see cref="AddGradient"/> then yields that to the parameters.</summary>
    /// <param name="tape">A tape whose rows have passed forward.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows, N.</param>
    /// <param name="actionGradients">∂L/∂u, row-major <c>[N, m]</c>.</param>
    /// <param name="observationGradients">Receives ∂L/∂o, row-major <c>[N, O]</c>.</param>
    /// <exception cref="ArgumentException">The tape is another policy's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has no such rows, or a span is too short.</exception>
    public void Backward(PolicyTape tape, int first, int count, ReadOnlySpan<double> actionGradients, Span<double> observationGradients)
    {
        int o = Inputs.ObservationSize, m = middle.Length;
        for (int r = 0; r < count; r++)
        {
            var output = tape.Network.Output(first + r);
            var error = tape.Network.OutputError(first + r);
            for (int a = 0; a < m; a++)
            {
                // z = μ + σ ε; ∂u/∂z = d (1 − tanh² z), ∂z/∂ln σ = σ ε.
                int at = ((first + r) * m) + a;
                double dz = actionGradients[(r * m) + a] * halfWidth[a] * (1.0 - (tape.Squashed[at] * tape.Squashed[at]));
                double dLog = dz * tape.Spread[at];
                error[a] = dz;
                tape.LogErrors[at] = dLog;
                if (Options.Noise == PolicyNoise.StateDependent)
                {
                    double tanh = Math.Tanh(output[m + a]);
                    error[m + a] = dLog * 0.5 * (MostLog - LeastLog) * (1.0 - (tanh * tanh));
                }
            }
        }

        network.Backward(tape.Network, first, count);
        observationGradients[..(count * o)].Clear();
        for (int r = 0; r < count; r++)
        {
            Inputs.Pull(tape.Observations.AsSpan((first + r) * o, o), tape.Network.InputError(first + r), observationGradients.Slice(r * o, o));
        }
    }

    /// <summary>Adds ∂L/∂θ to a gradient, from rows that have passed forward and back since the parameters last changed.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="gradient">What it is added to, <c>[P]</c>.</param>
    /// <exception cref="ArgumentException">The tape is another policy's, or the gradient has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It has no such rows.</exception>
    public void AddGradient(PolicyTape tape, int first, int count, Span<double> gradient)
    {
        if (gradient.Length != parameters.Length)
        {
            throw new ArgumentException($"'{nameof(gradient)}' has {gradient.Length} numbers; the policy has {parameters.Length} parameters.", nameof(gradient));
        }

        network.AddGradient(tape.Network, first, count, gradient[..network.ParameterCount]);
        var logs = gradient[network.ParameterCount..];
        for (int r = 0; r < count && logs.Length > 0; r++)
        {
            Dense.AddScaled(1.0, tape.LogErrors.AsSpan((first + r) * logs.Length, logs.Length), logs);
        }
    }

    /// <summary>One action.</summary>
    /// <param name="tape">A tape of this policy, of one row or more.</param>
    /// <param name="observation">o, <c>[O]</c>.</param>
    /// <param name="noise">ε, <c>[m]</c>; empty for 0.</param>
    /// <param name="action">Receives u, within the box, <c>[m]</c>.</param>
    /// <exception cref="ArgumentException">The observation or the action has the wrong length.</exception>
    public void Act(PolicyTape tape, ReadOnlySpan<double> observation, ReadOnlySpan<double> noise, Span<double> action)
    {
        Spec.RequireSizes(observation, action);
        Forward(tape, 0, 1, observation, noise, action);
        Spec.Actions.Limit(action);
    }

    private double LogDeviation(ReadOnlySpan<double> output, int a) => Options.Noise == PolicyNoise.Shared
        ? logDeviation[a]
        : LeastLog + (0.5 * (MostLog - LeastLog) * (1.0 + Math.Tanh(output[middle.Length + a])));
}

/// <summary>What a <see cref="NeuralPolicy"/> remembers of its passes, row by row.</summary>
public sealed class PolicyTape
{
    /// <summary>Room for rows.</summary>
    /// <param name="policy">Whose passes.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one row.</exception>
    public PolicyTape(NeuralPolicy policy, int rows)
    {
        Network = new PerceptronTape(policy.Network, rows);
        int m = policy.Spec.Actions.Size;
        Observations = new double[rows * policy.Inputs.ObservationSize];
        (Spread, Squashed, LogErrors) = (new double[rows * m], new double[rows * m], new double[rows * m]);
    }

    /// <summary>How many rows.</summary>
    public int Rows => Network.Rows;

    internal PerceptronTape Network { get; }

    /// <summary>o, <c>[rows, O]</c>.</summary>
    internal double[] Observations { get; }

    /// <summary>σ ε, <c>[rows, m]</c>.</summary>
    internal double[] Spread { get; }

    /// <summary>tanh z, <c>[rows, m]</c>.</summary>
    internal double[] Squashed { get; }

    /// <summary>∂L/∂ln σ, <c>[rows, m]</c>.</summary>
    internal double[] LogErrors { get; }
}
