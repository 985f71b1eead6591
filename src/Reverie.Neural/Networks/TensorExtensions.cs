using TorchSharp;
using static TorchSharp.torch;

namespace Reverie.Neural.Networks;

/// <summary>Copies between tensors and arrays.</summary>
internal static class TensorExtensions
{
    /// <summary>The numbers of a float32 tensor, row-major.</summary>
    public static float[] ToFloats(this Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return tensor.detach().cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>Overwrites a float32 tensor.</summary>
    public static void CopyFrom(this Tensor tensor, ReadOnlySpan<float> values)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        tensor.copy_(torch.tensor(values.ToArray()).view(tensor.shape));
    }
}
