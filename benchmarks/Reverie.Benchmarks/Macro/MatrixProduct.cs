using static TorchSharp.torch;

namespace Reverie.Benchmarks.Macro;

/// <summary>
/// libtorch's product of two 2048 × 2048 float32 matrices: what the processor can do at most for a network. Other machines' times are
/// compared by it.
/// </summary>
internal sealed class MatrixProduct : IDisposable
{
    private const int Size = 2048;

    private readonly Tensor a = randn(Size, Size), b = randn(Size, Size), c = zeros(Size, Size);

    /// <summary>GFLOP/s of one core's product on the machine whose figures of the field are the reference.</summary>
    public const double ReferenceCore = 209;

    /// <summary>Floating-point operations of a product.</summary>
    public static double Flops => 2.0 * Size * Size * Size;

    /// <summary>Multiplies on so many threads.</summary>
    public void Run(int threads)
    {
        set_num_threads(threads);
        using var guard = no_grad();
        c.addmm_(a, b, beta: 0, alpha: 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        a.Dispose();
        b.Dispose();
        c.Dispose();
    }
}
