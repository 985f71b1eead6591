using TorchSharp;

namespace Reverie.Neural.Tests;

/// <summary>The native library is found, loads and computes.</summary>
public sealed class TorchLoadTests
{
    [Fact]
    public void A_matrix_product_is_right()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.tensor(new float[] { 1, 2, 3, 4, 5, 6 }, 2, 3);
        var b = torch.tensor(new float[] { 7, 8, 9, 10, 11, 12 }, 3, 2);
        // [1 2 3; 4 5 6] · [7 8; 9 10; 11 12], by hand.
        Assert.Equal(new float[] { 58, 64, 139, 154 }, torch.matmul(a, b).data<float>().ToArray());
    }
}
