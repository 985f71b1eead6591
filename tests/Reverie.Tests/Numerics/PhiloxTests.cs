using System.Runtime.Intrinsics;
using CsCheck;
using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

public sealed class PhiloxTests
{
    // Known-answer vectors of Philox4x32-10 published with Random123 (Salmon et al. 2011): counters and keys of zeros, of ones, and
    // the first hexadecimal digits of π.
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Block_MatchesPublishedVectors(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox.Block((c0, c1, c2, c3), ((ulong)k1 << 32) | k0));

    [Fact]
    public void LaneBlocks_EqualScalarBlocks() => Gen.Select(
        Gen.Select(Gen.UInt.Array[16], Gen.UInt.Array[16], Gen.UInt.Array[16], Gen.UInt.Array[16]), Gen.ULong).Sample((counters, key) =>
    {
        var (c0, c1, c2, c3) = counters;
        var (x0, x1, x2, x3) = Philox.Block(Vector512.Create(c0), Vector512.Create(c1), Vector512.Create(c2), Vector512.Create(c3), key);
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(Philox.Block((c0[i], c1[i], c2[i], c3[i]), key), (x0[i], x1[i], x2[i], x3[i]));
        }
    });
}
