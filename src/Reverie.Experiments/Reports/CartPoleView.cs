using System.Text.Json;

namespace Reverie.Experiments.Reports;

/// <summary>How to see a cart and a pole in the observations of a world.</summary>
/// <param name="PoleLength">Length of the pole [m].</param>
/// <param name="HangsAtZero">Angle 0 hangs down, and the angle grows anticlockwise; otherwise it stands up and grows to the right.</param>
internal sealed record CartPoleView(double PoleLength, bool HangsAtZero)
{
    private const int Position = 0;
    private const int Angle = 2;

    /// <summary>The view of a run's world; null where it is no cart-pole.</summary>
    public static CartPoleView? Of(RunRequest request) => request.World switch
    {
        "cartpole" or "cartpole-continuous" => new CartPoleView(2 * Number(request.WorldOptions, "halfLength", 0.5), HangsAtZero: false),
        "cartpole-swingup" => new CartPoleView(Number(request.WorldOptions, "length", 0.6), HangsAtZero: true),
        _ => null,
    };

    /// <summary>The real motion, and the mean of what the members imagined.</summary>
    public FilmStrip Strip(string title, OpenLoopTrajectory trajectory, double secondsPerStep)
    {
        int length = trajectory.Members.Length == 0 ? 0 : trajectory.Members.Min(m => m.Length);
        var imagined = Enumerable.Range(0, length).Select(t => State(trajectory.Members.Average(m => m[t][Position]), trajectory.Members.Average(m => m[t][Angle])));
        return new FilmStrip(title, [.. trajectory.Real.Select(o => State(o[Position], o[Angle]))], [.. imagined], secondsPerStep, PoleLength);
    }

    private CartPoleState State(double position, double angle) => new(position, HangsAtZero ? Math.PI - angle : angle);

    private static double Number(JsonElement options, string name, double otherwise) =>
        options.ValueKind == JsonValueKind.Object && options.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : otherwise;
}
