using Reverie.Worlds.Finite;

namespace Reverie.Tests.Worlds.Finite;

/// <summary>Whether two processes are the same to the bit.</summary>
internal static class Same
{
    public static void Process(FiniteMdp expected, FiniteMdp actual)
    {
        Assert.Equal((expected.States, expected.Actions, expected.Discount), (actual.States, actual.Actions, actual.Discount));
        Assert.Equal(expected.RowStart, actual.RowStart);
        Assert.Equal(expected.RowLive, actual.RowLive);
        Assert.Equal(expected.Successors, actual.Successors);
        Assert.Equal(Bits(expected.Probabilities), Bits(actual.Probabilities));
        Assert.Equal(Bits(expected.Rewards), Bits(actual.Rewards));
        Assert.Equal(Bits(expected.OutcomeRewards), Bits(actual.OutcomeRewards));
        Assert.Equal(Bits(expected.Start), Bits(actual.Start));
    }

    private static long[] Bits(ReadOnlySpan<double> numbers) => Array.ConvertAll(numbers.ToArray(), BitConverter.DoubleToInt64Bits);
}
