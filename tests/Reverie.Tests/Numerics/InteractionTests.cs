using CsCheck;
using Reverie.Numerics;

namespace Reverie.Tests.Numerics;

/// <summary>What may depend on what: never too little.</summary>
public class InteractionTests
{
    [Fact]
    public void Sums_do_not_interact_and_products_do()
    {
        // f = 2 a + b c + 3: a with nothing, b with c.
        Assert.Equal(0UL, Of(0).Partners);
        Assert.Equal(0b100UL, Of(1).Partners);
        Assert.Equal(0b010UL, Of(2).Partners);
        Assert.False(Of(3).WithK);
        Assert.Equal(0b0111UL, Of(3).Variables);

        static Interaction Of(int k)
        {
            var z = Variables(4, k);
            return (z[0] * 2.0) + (z[1] * z[2]) + 3.0;
        }
    }

    [Fact]
    public void Functions_bend_what_enters_them_and_quotients_their_divisor()
    {
        Assert.Equal(0b11UL, Interaction.Sin(Variables(3, 0)[0] + Variables(3, 0)[1]).Partners);
        Assert.Equal(0b10UL, (Variables(3, 0)[0] / Variables(3, 0)[1]).Partners);
        Assert.Equal(0b11UL, (Variables(3, 1)[0] / Variables(3, 1)[1]).Partners);
        Assert.Equal(0b11UL, Interaction.Atan2(Variables(3, 0)[0], Variables(3, 0)[1]).Partners);
        Assert.Equal((0UL, true), (Interaction.Pow(Variables(3, 0)[0], 1.0).Partners, Interaction.Pow(Variables(3, 0)[0], 1.0).WithK));
        Assert.Equal((0UL, false), (Interaction.Pow(Variables(3, 0)[0], 0.0).Variables, Interaction.Pow(Variables(3, 0)[0], 0.0).WithK));
        Assert.Equal(0b1UL, Interaction.Pow(Variables(3, 0)[0], 2.0).Partners);
    }

    [Fact]
    public void A_choice_and_a_step_tell_what_they_hang_on()
    {
        var z = Variables(3, 1);
        var chosen = Interaction.SelectLess(z[0], z[2], 1.0, -1.0);
        Assert.Equal((0b101UL, false), (chosen.Variables, chosen.WithK));

        // The derivative of sign(a − c) b to b jumps, as does that of floor(a) b.
        Assert.NotEqual(0UL, (chosen * z[1]).Partners);
        Assert.NotEqual(0UL, (Interaction.Floor(z[0]) * z[1]).Partners);
        Assert.False(Interaction.Floor(z[1]).WithK);
        Assert.Equal(0b10UL, Interaction.Floor(z[1]).Variables);
        Assert.True(Interaction.Min(z[1], 1.0).Kinked && Interaction.Abs(z[1]).Kinked && Interaction.SelectLess(z[0], z[2], z[1], 0.0).Kinked);
        Assert.False(Interaction.Abs(z[0]).Kinked);
    }

    [Fact]
    public void No_interaction_of_a_random_expression_is_missed() => Gen.Select(Gen.Int[0, 13].Array[6], Gen.Int[0, 1000].Array[12], Gen.Double[0.2, 2.0].Array[8]).Sample(
        (operations, operands, point) =>
        {
            T Evaluate<T>(ReadOnlySpan<T> z)
                where T : unmanaged, IScalar<T>
            {
                Span<T> nodes = stackalloc T[4 + operations.Length];
                z.CopyTo(nodes);
                for (int i = 0; i < operations.Length; i++)
                {
                    var (a, b) = (nodes[operands[2 * i] % (4 + i)], nodes[operands[(2 * i) + 1] % (4 + i)]);
                    nodes[4 + i] = operations[i] switch
                    {
                        0 => a + b,
                        1 => a - b,
                        2 => a * b,
                        3 => a / ((b * b) + 1.0),
                        4 => T.Sin(a),
                        5 => T.Tanh(a) + b,
                        6 => T.Floor(a * 3.0),
                        7 => T.SelectLess(a, b, 1.0, -1.0),
                        8 => T.SelectLess(a, 1.0, b, b * 2.0),
                        9 => T.Max(a, b),
                        10 => T.Abs(a - 1.0),
                        11 => T.Atan2(a, b),
                        12 => T.SinCos(a).Cos,
                        _ => (a * 0.5) - 0.25,
                    };
                }

                return nodes[^1];
            }

            for (int i = 0; i < 4; i++)
            {
                var told = Evaluate<Interaction>(Variables(4, i));
                for (int j = 0; j < 4; j++)
                {
                    var z = new HyperLanes[4];
                    for (int d = 0; d < 4; d++)
                    {
                        z[d] = HyperLanes.Variable(point[d], d == i, d == j);
                    }

                    var exact = Evaluate<HyperLanes>(z);
                    Assert.True(exact.First[0] is 0.0 or double.NaN || told.WithK, "a derivative is missed");
                    Assert.True(exact.Cross[0] is 0.0 or double.NaN || (told.Partners >> j & 1) != 0, $"the interaction of {i} and {j} is missed");

                    // Elsewhere: what is told to be the same everywhere is.
                    var elsewhere = (double[])point.Clone();
                    elsewhere[j] = point[4 + j];
                    var (here, there) = (Evaluate<Dual>(Duals(point)), Evaluate<Dual>(Duals(elsewhere)));
                    Assert.True((told.Variables >> j & 1) != 0 || here.Value.Equals(there.Value), "a variable is missed");
                    Assert.True(told.Partners != 0 || told.Kinked || !(Math.Abs(here.Partial(i) - there.Partial(i)) > 1e-12 * Math.Abs(here.Partial(i))), "a change of a derivative is missed");
                }
            }
        },
        iter: 20_000);

    private static Dual[] Duals(double[] point) => [.. Enumerable.Range(0, 4).Select(i => Dual.Variable(point[i], i))];

    private static Interaction[] Variables(int count, int k) => [.. Enumerable.Range(0, count).Select(i => Interaction.Variable(i, k))];
}
