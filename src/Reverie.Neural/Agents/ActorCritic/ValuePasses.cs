using Reverie.Neural.Networks;

namespace Reverie.Neural.Agents.ActorCritic;

/// <summary>A <see cref="StateValue"/> on batches of a fixed size: values, and the gradient of the loss L = 1/(2B) Σᵢ (y(sᵢ) − yᵢ)².</summary>
internal sealed class ValuePasses
{
    private readonly StateValue value;
    private readonly FusedPasses passes;
    private readonly int inputs;

    public ValuePasses(StateValue value, int batch)
    {
        (this.value, Batch) = (value, batch);
        passes = new FusedPasses(value.Network, batch, value.Workers);
        inputs = value.Network.Sizes[0];
    }

    /// <summary>Rows, B.</summary>
    public int Batch { get; }

    /// <summary>What state <paramref name="row"/> is.</summary>
    public void Show(int row, ReadOnlySpan<double> observation) => value.Features.Write(observation, passes.Inputs.AsSpan(row * inputs, inputs));

    public void Forward() => passes.Forward();

    /// <summary>V̂(s).</summary>
    public double Value(int row) => value.ValueOf(passes.Outputs[row]);

    /// <summary>Gives a row its target; where it is not finite the row has none.</summary>
    public void Aim(int row, double target)
    {
        double error = passes.Outputs[row] - value.OutputOf(target);
        passes.OutputErrors[row] = double.IsFinite(error) ? (float)(error / Batch) : 0f;
    }

    /// <summary>Writes ∂L/∂θ into the network's gradient.</summary>
    public void Backward() => passes.Backward();
}
