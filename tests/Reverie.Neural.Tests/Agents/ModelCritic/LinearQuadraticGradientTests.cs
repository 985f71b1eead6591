using Reverie.Models;
using Reverie.Neural.Agents.ActorCritic;
using Reverie.Neural.Agents.ModelCritic;
using Reverie.Numerics;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Neural.Tests.Agents.ModelCritic;

/// <summary>
/// The estimated gradient against the closed form, in a linear-quadratic world with a linear-Gaussian policy u = K x + σ ε: with M = A + B K,
/// P = Q + KᵀRK + γ MᵀPM, S = Σ₀ + γ M S Mᵀ + γ/(1−γ) (σ²BBᵀ + GGᵀ): ∂J/∂K = −2 (RK + γ BᵀPM) S, ∂J/∂log σ = −2σ² (R + γ BᵀPB) / (1−γ)
/// (Fazel, Ge, Kakade, Mesbahi 2018, lemma 1, with discount and noise).
/// </summary>
public sealed class LinearQuadraticGradientTests : IDisposable
{
    private const int Batches = 40, Size = 1024;
    private const double Discount = 0.9, Deviation = 1.0, Half = 10.0;

    private static readonly double[] K = [-0.8, -1.2];
    private static readonly LinearWorldOptions Options = new() { MaxAction = Half, Noise = [0.0, 0.05] };

    private readonly Workers workers = new(1);
    private readonly AnalyticModel<LinearWorld> model = new(new LinearWorld(Options));
    private readonly LikelihoodPolicy policy;
    private readonly StateValue baseline;
    private readonly double[] exact;

    public LinearQuadraticGradientTests()
    {
        var spec = new LinearWorld(Options).Spec;
        var features = new ObservationFeatures(spec);
        policy = new LikelihoodPolicy(features, spec.Actions, [], Deviation / Half, new RandomStream(RandomKey.FromSeed(1)), workers);
        policy.SetParameters([(float)(K[0] / Half), (float)(K[1] / Half), 0f, (float)Math.Log(Deviation / Half)]);
        baseline = new StateValue(features, [24], new RandomStream(RandomKey.FromSeed(2)), workers);
        exact = Exact();
    }

    public void Dispose()
    {
        policy.Dispose();
        baseline.Dispose();
        workers.Dispose();
    }

    [Fact]
    public void By_rollouts_it_is_exact_on_average_and_not_if_they_are_short()
    {
        LearnBaseline();
        Assert.InRange(Distance(60, baseline), 0.0, 3.5);
        Assert.InRange(Distance(1, null), 6.0, double.PositiveInfinity);
    }

    private double Distance(int horizon, StateValue? value)
    {
        var gradient = new ModelPolicyGradient(model, policy, value, null, new() { Horizon = horizon, Discount = Discount }, Size);
        var random = new RandomStream(RandomKey.FromSeed(3));
        var states = Batch.Allocate(2, Size);
        var estimate = new float[4];
        var (sum, squares) = (new double[4], new double[4]);
        for (int b = 0; b < Batches; b++)
        {
            Draw(states, random);
            gradient.Estimate(states, estimate, random.NextKey());
            for (int p = 0; p < 4; p++)
            {
                double g = estimate[p] / (1.0 - Discount);
                (sum[p], squares[p]) = (sum[p] + g, squares[p] + (g * g));
            }
        }

        double far = 0;
        for (int p = 0; p < 4; p++)
        {
            double mean = sum[p] / Batches, error = Math.Sqrt(((squares[p] / Batches) - (mean * mean)) / (Batches - 1));
            TestContext.Current.SendDiagnosticMessage($"horizon {horizon}, parameter {p}: {mean} ± {error}, exactly {exact[p]}");
            far = Math.Max(far, Math.Abs(mean - exact[p]) / error);
        }

        return far;
    }

    private void LearnBaseline()
    {
        var critic = new ModelPolicyGradient(model, policy, baseline, null, new() { Horizon = 60, Discount = Discount }, 256);
        var random = new RandomStream(RandomKey.FromSeed(4));
        var states = Batch.Allocate(2, 256);
        for (int i = 0; i < 300; i++)
        {
            Draw(states, random);
            critic.Imagine(states, random.NextKey());
            critic.ImproveValues(1e-2, 1e9, 1.0);
        }
    }

    /// <summary>States of the discounted visits: x_t with t of probability (1 − γ) γᵗ.</summary>
    private static void Draw(Batch states, RandomStream random)
    {
        for (int i = 0; i < states.Count; i++)
        {
            double x = random.NextNormal(), v = random.NextNormal();
            while (random.NextDouble() < Discount)
            {
                double u = (K[0] * x) + (K[1] * v) + (Deviation * random.NextNormal());
                (x, v) = (x + (0.1 * v) + (0.005 * u), v + (0.1 * u) + (0.05 * random.NextNormal()));
            }

            (states.Data[i], states.Data[states.Stride + i]) = ((float)x, (float)v);
        }
    }

    /// <summary>∂J/∂W of μ = xᵀW, u = 10 μ; ∂J/∂b, which is 0 by symmetry; ∂J/∂log σ.</summary>
    private static double[] Exact()
    {
        var (A, B, Q, R) = (Options.A, Options.B, Options.Q, Options.R[0]);
        double[] M = new double[4], cost = new double[4], noise = new double[4], scaled = new double[4], transposed = new double[4];
        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 2; j++)
            {
                M[(i * 2) + j] = A[(i * 2) + j] + (B[i] * K[j]);
                cost[(i * 2) + j] = Q[(i * 2) + j] + (K[i] * R * K[j]);
                double disturbance = (Deviation * Deviation * B[i] * B[j]) + (Options.Noise[i] * Options.Noise[j]);
                noise[(i * 2) + j] = (i == j ? 1.0 : 0.0) + (Discount / (1.0 - Discount) * disturbance);
            }
        }

        for (int i = 0; i < 4; i++)
        {
            scaled[i] = Math.Sqrt(Discount) * M[i];
            transposed[i] = Math.Sqrt(Discount) * M[(i % 2 * 2) + (i / 2)];
        }

        double[] P = SteinEquation.Solve(2, transposed, cost), S = SteinEquation.Solve(2, scaled, noise);
        double[] BP = [(B[0] * P[0]) + (B[1] * P[2]), (B[0] * P[1]) + (B[1] * P[3])];
        double[] E = [(R * K[0]) + (Discount * ((BP[0] * M[0]) + (BP[1] * M[2]))), (R * K[1]) + (Discount * ((BP[0] * M[1]) + (BP[1] * M[3])))];
        double curvature = R + (Discount * ((BP[0] * B[0]) + (BP[1] * B[1])));
        return
        [
            -2.0 * Half * ((E[0] * S[0]) + (E[1] * S[2])),
            -2.0 * Half * ((E[0] * S[1]) + (E[1] * S[3])),
            0.0,
            -2.0 * Deviation * Deviation * curvature / (1.0 - Discount),
        ];
    }
}
