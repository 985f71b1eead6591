using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    /// <summary>Copies the numbers of a contiguous float32 tensor, row-major.</summary>
    public static void CopyTo(this Tensor tensor, Span<float> target)
    {
        using var scope = NewDisposeScope();
        MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes).CopyTo(target);
    }

    /// <summary>Where the numbers of a contiguous float32 tensor on the CPU lie: native memory, which does not move.</summary>
    public static unsafe float* Pointer(this Tensor tensor) =>
        (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, float>(tensor.bytes)));
}
