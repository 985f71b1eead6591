using System.Runtime.CompilerServices;
using Reverie.Numerics;

namespace Reverie.Worlds;

/// <summary>How a cart with a free pole moves under a force: the equations of Barto, Sutton, Anderson (1983) as Gymnasium has them, by Euler's method.</summary>
internal readonly struct CartPoleMotion(CartPolePhysics physics)
{
    public static readonly Feature[] Features =
        [new("position [m]"), new("velocity [m/s]"), new("angle [rad]"), new("angular velocity [rad/s]")];

    private readonly double gravity = physics.Gravity;
    private readonly double inverseMass = 1.0 / (physics.CartMass + physics.PoleMass);
    private readonly double poleMoment = physics.PoleMass * physics.HalfLength;
    private readonly double poleShare = physics.PoleMass * physics.HalfLength / (physics.CartMass + physics.PoleMass);
    private readonly double inertia = physics.HalfLength * 4.0 / 3.0;
    private readonly double dt = physics.SecondsPerStep;
    private readonly double positionLimit = physics.PositionLimit;
    private readonly double angleLimit = physics.AngleLimit * Math.PI / 180.0;
    private readonly double startSpread = physics.StartSpread;

    /// <summary>Size of the force [N].</summary>
    public readonly double Force = physics.Force;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push<T>(ReadOnlySpan<T> state, T force, Span<T> next)
        where T : unmanaged, IScalar<T>
    {
        // a = (F + m ℓ θ̇² sin θ) / (M + m)
        // θ̈ = (g sin θ − a cos θ) / (ℓ (4/3 − m cos² θ / (M + m)))
        // ẍ = a − m ℓ θ̈ cos θ / (M + m)
        var (x, v, angle, omega) = (state[0], state[1], state[2], state[3]);
        var (sin, cos) = T.SinCos(angle);
        T a = (force + (omega * omega * sin * poleMoment)) * inverseMass;
        T angular = ((sin * gravity) - (cos * a)) / (inertia - (cos * cos * poleShare));
        T linear = a - (angular * cos * poleShare);
        next[0] = x + (v * dt);
        next[1] = v + (linear * dt);
        next[2] = angle + (omega * dt);
        next[3] = omega + (angular * dt);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Fallen<T>(ReadOnlySpan<T> next)
        where T : unmanaged, IScalar<T> =>
        T.SelectLess(positionLimit, T.Abs(next[0]), 1.0, T.SelectLess(angleLimit, T.Abs(next[2]), 1.0, 0.0));

    public void Start(RandomStream random, Span<double> state)
    {
        for (int i = 0; i < 4; i++)
        {
            state[i] = random.NextDouble(-startSpread, startSpread);
        }
    }
}
