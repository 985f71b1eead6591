using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Neural.Models;

/// <summary>
/// What a learned model is fed and what it predicts: a linear feature enters as it is, an angle as (cos, sin); controls as they are,
/// discrete actions one-hot. The target is the change of each feature, that of an angle by the shorter way round.
/// </summary>
public sealed class ObservationEmbedding
{
    private readonly Feature[] features;

    /// <summary>The embedding for a world.</summary>
    public ObservationEmbedding(WorldSpec spec)
    {
        features = [.. spec.Observation];
        Actions = spec.Actions;
        ActionWidth = Actions.IsDiscrete ? Actions.Choices : Actions.Size;
        InputSize = features.Sum(f => f.Kind == FeatureKind.Angle ? 2 : 1) + ActionWidth;
    }

    /// <summary>Features of an observation, D.</summary>
    public int ObservationSize => features.Length;

    /// <summary>What may be done.</summary>
    public ActionSpace Actions { get; }

    /// <summary>Inputs that hold the action.</summary>
    public int ActionWidth { get; }

    /// <summary>Inputs of the model.</summary>
    public int InputSize { get; }

    /// <summary>Inputs that hold the observation, which stand before those of the action.</summary>
    public int ObservationWidth => InputSize - ActionWidth;

    /// <summary>Kind of feature <paramref name="index"/>.</summary>
    public FeatureKind Kind(int index) => features[index].Kind;

    /// <summary>The inputs for one observation and action.</summary>
    /// <param name="observation"><c>[D]</c>.</param>
    /// <param name="action"><c>[Actions.Size]</c>.</param>
    /// <param name="input">Receives <c>[InputSize]</c>.</param>
    public void Embed(ReadOnlySpan<double> observation, ReadOnlySpan<double> action, Span<float> input)
    {
        Embed(observation, input[..ObservationWidth]);
        int n = ObservationWidth;
        if (Actions.IsDiscrete)
        {
            input[n..InputSize].Clear();
            input[n + (int)action[0]] = 1f;
        }
        else
        {
            for (int a = 0; a < action.Length; a++)
            {
                input[n++] = (float)Math.Clamp(action[a], Actions.Low[a], Actions.High[a]);
            }
        }
    }

    /// <summary>The inputs that hold an observation alone.</summary>
    /// <param name="observation"><c>[D]</c>.</param>
    /// <param name="input">Receives <c>[ObservationWidth]</c>.</param>
    public void Embed(ReadOnlySpan<double> observation, Span<float> input)
    {
        int n = 0;
        for (int d = 0; d < features.Length; d++)
        {
            if (features[d].Kind == FeatureKind.Angle)
            {
                input[n++] = (float)Math.Cos(observation[d]);
                input[n++] = (float)Math.Sin(observation[d]);
            }
            else
            {
                input[n++] = (float)observation[d];
            }
        }
    }

    /// <summary>The inputs for whole lanes of states and actions, feature-major with a common stride.</summary>
    /// <param name="state"><c>[D][stride]</c>.</param>
    /// <param name="action"><c>[Actions.Size][stride]</c>.</param>
    /// <param name="input">Receives <c>[InputSize][stride]</c>.</param>
    /// <param name="stride">A multiple of the lane count.</param>
    public void Embed(ReadOnlySpan<float> state, ReadOnlySpan<float> action, Span<float> input, int stride)
    {
        int n = 0;
        for (int d = 0; d < features.Length; d++)
        {
            var row = state.Slice(d * stride, stride);
            if (features[d].Kind == FeatureKind.Angle)
            {
                var cosRow = input.Slice(n++ * stride, stride);
                var sinRow = input.Slice(n++ * stride, stride);
                for (int i = 0; i < stride; i += Lanes.Count)
                {
                    var (sin, cos) = Lanes.SinCos(Lanes.Load(row, i));
                    cos.Store(cosRow, i);
                    sin.Store(sinRow, i);
                }
            }
            else
            {
                row.CopyTo(input.Slice(n++ * stride, stride));
            }
        }

        if (Actions.IsDiscrete)
        {
            for (int choice = 0; choice < Actions.Choices; choice++)
            {
                var row = input.Slice(n++ * stride, stride);
                for (int i = 0; i < stride; i += Lanes.Count)
                {
                    // 1 where |a − choice| < ½.
                    Lanes.SelectLess(Lanes.Abs(Lanes.Load(action, i) - choice), 0.5, 1.0, 0.0).Store(row, i);
                }
            }
        }
        else
        {
            for (int a = 0; a < Actions.Size; a++)
            {
                var row = input.Slice(n++ * stride, stride);
                for (int i = 0; i < stride; i += Lanes.Count)
                {
                    Lanes.Min(Lanes.Max(Lanes.Load(action, (a * stride) + i), Actions.Low[a]), Actions.High[a]).Store(row, i);
                }
            }
        }
    }

    /// <summary>Δ = o' − o, of angles in [−π, π].</summary>
    /// <param name="observation">o, <c>[D]</c>.</param>
    /// <param name="next">o', <c>[D]</c>.</param>
    /// <param name="delta">Receives Δ, <c>[D]</c>.</param>
    public void Difference(ReadOnlySpan<double> observation, ReadOnlySpan<double> next, Span<float> delta)
    {
        for (int d = 0; d < features.Length; d++)
        {
            double change = next[d] - observation[d];
            delta[d] = (float)(features[d].Kind == FeatureKind.Angle ? change - (2 * Math.PI * Math.Round(change / (2 * Math.PI))) : change);
        }
    }
}
