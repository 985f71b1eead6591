using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>The physics that the worlds of the acrobot share; both links are alike.</summary>
public abstract record AcrobotPhysics
{
    /// <summary>Gravity [m/s²]. Default 9.8, range 0 to 100.</summary>
    [Range(0.0, 100.0)]
    public double Gravity { get; init; } = 9.8;

    /// <summary>Length of each link [m]. Default 1, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Length { get; init; } = 1.0;

    /// <summary>Mass of each link [kg]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Mass { get; init; } = 1.0;

    /// <summary>Distance of each link's centre of mass from its upper joint [m]. Default 0.5, range above 0 to 100.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double CenterOfMass { get; init; } = 0.5;

    /// <summary>Moment of inertia of each link about its centre of mass [kg m²]. Default 1, range above 0 to 1000.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double Inertia { get; init; } = 1.0;
}

/// <summary>
/// How two hanging links move under a torque in the joint between them. Angles: the first link's θ₁, 0 hanging down, and the second's θ₂
/// relative to the first.
/// </summary>
internal readonly struct AcrobotMotion : ITwoCoordinates
{
    private readonly double alpha, beta, delta, pull1, pull2;

    public AcrobotMotion(AcrobotPhysics physics)
    {
        var (m, l, c, i, g) = (physics.Mass, physics.Length, physics.CenterOfMass, physics.Inertia, physics.Gravity);
        alpha = (m * c * c) + (m * ((l * l) + (c * c))) + (2.0 * i);
        beta = m * l * c;
        delta = (m * c * c) + i;
        (pull1, pull2) = (m * (c + l) * g, m * c * g);
    }

    /// <summary>θ̈ of the two links under the torque u₂ (Sutton and Barto 1998, section 11.3: the book's equations, which are Gymnasium's default).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (T A1, T A2) Accelerations<T>(T q1, T q2, T v1, T v2, T u1, T u2)
        where T : unmanaged, IScalar<T>
    {
        // d₁ = α + 2β cos θ₂, d₂ = δ + β cos θ₂
        // φ₂ = m c g cos(θ₁ + θ₂ − π/2)
        // φ₁ = −β θ̇₂² sin θ₂ − 2β θ̇₂ θ̇₁ sin θ₂ + m (c + l) g cos(θ₁ − π/2) + φ₂
        // θ̈₂ = (τ + d₂/d₁ φ₁ − β θ̇₁² sin θ₂ − φ₂) / (δ − d₂²/d₁)
        // θ̈₁ = −(d₂ θ̈₂ + φ₁) / d₁
        var (sin2, cos2) = T.SinCos(q2);
        T d1 = (cos2 * (2.0 * beta)) + alpha;
        T d2 = (cos2 * beta) + delta;
        T phi2 = T.Sin(q1 + q2) * pull2;
        T phi1 = (T.Sin(q1) * pull1) + phi2 - (sin2 * (v2 * (v2 + (v1 * 2.0))) * beta);
        T ratio = d2 / d1;
        T a2 = (u2 + (ratio * phi1) - (sin2 * (v1 * v1) * beta) - phi2) / (delta - (d2 * ratio));
        T a1 = -((d2 * a2) + phi1) / d1;
        return (a1, a2);
    }
}
