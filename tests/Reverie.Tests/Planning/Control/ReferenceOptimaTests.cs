using Reverie.Models;
using Reverie.Planning.Control;
using Reverie.Worlds;

namespace Reverie.Tests.Planning.Control;

/// <summary>The optima of published problems, from the starts that they state.</summary>
public class ReferenceOptimaTests
{
    public static TheoryData<string> Methods => ["ilqr", "ilqr, states damped", "ddp", "ddp, states damped", "gauss-newton"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Cart_pole(string method)
    {
        Check(new CartPoleAltro(new()), method, 1.41149337, 1e-6);
        Check(new CartPoleAltro(new() { ControlLimit = 3.0, InitialControl = 0.01 }), method, 1.48470624, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Acrobot(string method) => Check(new AcrobotTrajax(new()), method, 44.51328514, 1e-6);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Pendulum(string method)
    {
        var trajectory = Check(new PendulumAltro(new()), method, 1.09082492, 1e-6);
        var end = trajectory.State(trajectory.Horizon);

        // Published from a solver that stops at slopes of 1e-4: so far is its end, at the same cost, from the stationary one.
        Assert.Equal(3.1209992, end[0], 2e-5);
        Assert.Equal(0.0011966, end[1], 2e-5);
        Assert.Equal(3.121012, end[0], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Unicycle(string method) => Check(new Unicycle(new()), method, 0.0387016567, 1e-6);

    [Fact]
    public void Car_parking_takes_differential_dynamic_programming_fewer_iterations()
    {
        var world = new CarParking(new());
        var (first, second) = (OptimalControlProblems.Solver(world), OptimalControlProblems.Solver(world, new DdpOptions()));
        var (ilqr, ddp) = (first.Run(world), second.Run(world));
        Assert.Equal(1.905168, ilqr.Cost, 1.5e-6);
        Assert.Equal(1.905168, ddp.Cost, 1.5e-6);
        Assert.Equal(ilqr.Cost, ddp.Cost, 1e-7);
        Assert.True(ilqr.IsSolved && ddp.IsSolved);
        Assert.InRange(ddp.Iterations, 40, 110);
        Assert.InRange(ilqr.Iterations, (int)(1.5 * ddp.Iterations), 400);
    }

    private static Trajectory Check<TDynamics>(TDynamics world, string method, double cost, double tolerance)
        where TDynamics : struct, IDynamics
    {
        IlqrOptions options = method switch
        {
            "ddp" => new DdpOptions(),
            "ddp, states damped" => new DdpOptions { Damping = Damping.States },
            "ilqr, states damped" => new IlqrOptions { Damping = Damping.States },
            "gauss-newton" => new IlqrOptions { CostCurvature = CostCurvature.GaussNewton },
            _ => new IlqrOptions(),
        };
        var solver = OptimalControlProblems.Solver(world, options);
        var solution = solver.Run(world);
        Assert.InRange(solution.Cost, cost * (1 - tolerance), cost * (1 + tolerance));
        Assert.True(solution.IsSolved, $"{solution}");
        return solver.Trajectory;
    }
}
