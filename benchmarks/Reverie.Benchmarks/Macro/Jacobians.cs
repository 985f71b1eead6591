using Reverie.Models;
using Reverie.Numerics;
using Reverie.Worlds;

namespace Reverie.Benchmarks.Macro;

/// <summary>Exact Jacobians of the continuous cart-pole's dynamics and reward, against central differences in double precision.</summary>
internal sealed class Jacobians : IMacroBenchmark
{
    private const int Points = 256, States = 4, Variables = 5;

    private readonly CartPoleContinuous dynamics = new(new CartPoleContinuousOptions());
    private readonly AnalyticModel<CartPoleContinuous> model;
    private readonly double[][] points = [.. Enumerable.Range(0, Points).Select(i => new[] { 0.1, -0.2 + (i * 1e-3), 0.05, 0.3, 0.4 - (i * 1e-3) })];
    private readonly Linearization result = new(States, Variables - States);
    private readonly double[] differences = new double[(States + 1) * Variables];

    public Jacobians() => model = new(dynamics);

    public string Name => "jacobians";

    public string Summary => "cart-pole Jacobians a second, duals against central differences";

    public IEnumerable<MacroRow> Run()
    {
        var (rate, reference, ratio) = Race.Run(Exact, Points, Differences, Points);
        yield return new("million Jacobians/s, exact, 1 thread", rate / 1e6, "central differences in double, 1 thread", reference / 1e6, ratio);
    }

    private void Exact()
    {
        foreach (double[] point in points)
        {
            model.Linearize(point.AsSpan(0, States), point.AsSpan(States), result);
        }
    }

    private void Differences()
    {
        const double H = 1e-5;
        Span<Real> z = stackalloc Real[Variables], above = stackalloc Real[States], below = stackalloc Real[States];
        foreach (double[] point in points)
        {
            for (int i = 0; i < Variables; i++)
            {
                z[i] = point[i];
            }

            for (int j = 0; j < Variables; j++)
            {
                z[j] = point[j] + H;
                Real rewardAbove = Step(z, above);
                z[j] = point[j] - H;
                Real rewardBelow = Step(z, below);
                z[j] = point[j];
                for (int i = 0; i < States; i++)
                {
                    differences[(i * Variables) + j] = (above[i] - below[i]) / (2 * H);
                }

                differences[(States * Variables) + j] = (rewardAbove - rewardBelow) / (2 * H);
            }
        }
    }

    private Real Step(ReadOnlySpan<Real> z, Span<Real> next)
    {
        dynamics.Step(z[..States], z[States..], [], next);
        return dynamics.Reward(z[..States], z[States..], (ReadOnlySpan<Real>)next);
    }
}
