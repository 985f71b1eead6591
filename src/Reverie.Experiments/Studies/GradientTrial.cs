using Reverie.Agents.Gradients;
using Reverie.Models;
using Reverie.Neural.Models;

namespace Reverie.Experiments.Studies;

/// <summary>What gradients of one policy are like at each horizon; NaN where something was not finite.</summary>
/// <param name="Exact">|∇J| on the exact model.</param>
/// <param name="Learned">|∇Ĵ| on the learned one.</param>
/// <param name="Cosine">The cosine of the angle between them.</param>
/// <param name="Largest">Largest singular value of the product of closed-loop Jacobians on the exact model, median over starts.</param>
/// <param name="Smallest">The smallest one.</param>
/// <param name="ExactCondition">Condition number of ∂²J/∂a², a all actions of a rollout, median over starts; NaN at horizons where it is not measured.</param>
/// <param name="LearnedCondition">That of ∂²Ĵ/∂a².</param>
internal sealed record GradientTrial(
    double[] Exact, double[] Learned, double[] Cosine, double[] Largest, double[] Smallest, double[] ExactCondition, double[] LearnedCondition)
{
    /// <summary>Horizons.</summary>
    public static readonly int[] Horizons = [1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100];

    /// <summary>Horizons at which Hessians are measured: at one step nothing but the reward's own curvature is seen.</summary>
    public static readonly int[] HessianHorizons = [2, 3, 5, 7, 10, 15, 20, 30, 40, 50];

    /// <summary>Condition numbers beyond this cannot be told by differences of gradients.</summary>
    public const double MostCondition = 1e8;

    private const int Starts = 16, HessianStarts = 4;
    private const double Step = 1e-4;

    /// <summary>Measures.</summary>
    public static GradientTrial Run(string world, long seed)
    {
        using var setting = new GradientSetting(world, seed, learn: true);
        var policy = setting.NewPolicy();
        double[] observations = setting.Visited(Starts, setting.Random("starts"));
        var (exact, learned) = (new LinearizerPullback(setting.Exact), new EnsemblePullback(setting.Learned!));
        double[] exactStarts = setting.States(setting.Exact, observations), learnedStarts = setting.States(setting.Learned!, observations);
        var result = new GradientTrial(Empty(), Empty(), Empty(), Empty(), Empty(), Empty(), Empty());
        var (g, h) = (new double[policy.ParameterCount], new double[policy.ParameterCount]);
        for (int i = 0; i < Horizons.Length; i++)
        {
            new PolicyGradient(exact, policy, Starts, Horizons[i], 1.0).Evaluate(exactStarts, default, g);
            new PolicyGradient(learned, policy, Starts, Horizons[i], 1.0).Evaluate(learnedStarts, default, h);
            (result.Exact[i], result.Learned[i]) = (Norm(g), Norm(h));
            result.Cosine[i] = g.Zip(h, (a, b) => a * b).Sum() / (result.Exact[i] * result.Learned[i]);
            if (HessianHorizons.Contains(Horizons[i]))
            {
                result.ExactCondition[i] = Condition(exact, policy, exactStarts, Horizons[i]);
                result.LearnedCondition[i] = Condition(learned, policy, learnedStarts, Horizons[i]);
            }
        }

        SingularValues(setting.Exact, policy, exactStarts, result);
        return result;

        static double[] Empty() => [.. Enumerable.Repeat(double.NaN, Horizons.Length)];
    }

    private static double Norm(double[] x) => Math.Sqrt(x.Sum(v => v * v));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(v => !double.IsNaN(v)).Order()];
        return sorted.Length == 0 ? double.NaN : StudyCell.Quantile(sorted, 0.5);
    }

    /// <summary>Of Φ = M_{H−1} ⋯ M₀, M = A + B K with K = ∂u/∂x of the policy: σ_max = |Φ|, σ_min = 1 / |Φ⁻¹|, the inverse multiplied up by itself, as rounding would hide a small σ in Φ.</summary>
    private static void SingularValues(ILinearizer model, NeuralPolicy policy, double[] starts, GradientTrial result)
    {
        int n = model.StateSize, m = model.Actions.Size, o = model.ObservationSize;
        var (tape, point) = (new PolicyTape(policy, 1), new Linearization(n, m));
        var (seen, jacobian, action, unit, gain) = (new double[o], new double[o * n], new double[m], new double[m], new double[o]);
        var (largest, smallest) = (new double[Starts, Horizons.Length], new double[Starts, Horizons.Length]);
        for (int s = 0; s < Starts; s++)
        {
            double[] x = starts.AsSpan(s * n, n).ToArray();
            double[]? product = null, inverse = null;
            bool singular = false;
            for (int t = 0; t < Horizons[^1]; t++)
            {
                model.Observe(x, seen, jacobian);
                policy.Forward(tape, 0, 1, seen, [], action);
                model.Linearize(x, action, point);
                double[] loop = [.. point.StateJacobian];
                for (int a = 0; a < m; a++)
                {
                    Array.Clear(unit);
                    unit[a] = 1.0;
                    policy.Backward(tape, 0, 1, unit, gain);
                    for (int i = 0; i < n; i++)
                    {
                        for (int j = 0; j < n; j++)
                        {
                            double k = Enumerable.Range(0, o).Sum(d => gain[d] * jacobian[(d * n) + j]);
                            loop[(i * n) + j] += point.ActionJacobian[(i * m) + a] * k;
                        }
                    }
                }

                product = product is null ? loop : SmallMatrices.Multiply(loop, product, n);
                if (!singular)
                {
                    double[]? back = SmallMatrices.Inverse(loop, n);
                    singular = back is null;
                    inverse = back is null ? null : inverse is null ? back : SmallMatrices.Multiply(inverse, back, n);
                }

                int at = Array.IndexOf(Horizons, t + 1);
                if (at >= 0)
                {
                    largest[s, at] = SmallMatrices.Norm(product, n);
                    smallest[s, at] = singular ? 0.0 : 1.0 / SmallMatrices.Norm(inverse!, n);
                }

                point.Next.CopyTo(x, 0);
            }
        }

        for (int i = 0; i < Horizons.Length; i++)
        {
            result.Largest[i] = Median(Enumerable.Range(0, Starts).Select(s => largest[s, i]));
            result.Smallest[i] = Median(Enumerable.Range(0, Starts).Select(s => smallest[s, i]));
        }
    }

    /// <summary>max |λ| / min |λ| of the Hessian to all actions of the policy's rollout, by central differences of exact gradients; no more than can be told.</summary>
    private static double Condition(IPullback model, NeuralPolicy policy, double[] starts, int horizon)
    {
        int n = model.StateSize, m = model.Actions.Size, size = horizon * m;
        return Median(Enumerable.Range(0, HessianStarts).Select(s =>
        {
            var rollout = new PolicyGradient(model, policy, 1, horizon, 1.0);
            rollout.Evaluate(starts.AsSpan(s * n, n), default, []);
            double[] hessian = ActionGradients.Hessian(model, starts.AsSpan(s * n, n), rollout.Actions, horizon, Step);
            double[] sizes = [.. SmallMatrices.Eigenvalues(hessian, size).Select(Math.Abs)];
            return Math.Min(MostCondition, sizes.Max() / sizes.Min());
        }));
    }
}
