using SkiaSharp;

namespace Reverie.Experiments.Reports;

/// <summary>A pole on a cart at successive times, with fading traces of the states before: real above, imagined below.</summary>
internal static class FilmStripFigure
{
    private const int Width = 1080;
    private const int MostFrames = 8;
    private const float LabelWidth = 78;
    private const float Gap = 6;
    private const int Traces = 4;
    private const double NarrowestView = 2.5;
    private const double WidestView = 4.5;

    /// <summary>Draws a strip; null where no real state is finite.</summary>
    public static Figure? Of(FilmStrip strip)
    {
        var real = strip.Real.TakeWhile(IsFinite).ToArray();
        if (real.Length == 0 || !(strip.PoleLength > 0 && double.IsFinite(strip.PoleLength)))
        {
            return null;
        }

        var imagined = strip.Imagined.TakeWhile(IsFinite).Take(real.Length).ToArray();
        var scene = new Scene(strip, real, imagined);
        string caption = "Cart and pole at successive times, with fading traces of the states just before"
            + (imagined.Length > 0 ? ". Above: the real world. Below: the model's open-loop imagination from the same start and with the same actions, over the outline of the real one." : ".")
            + " Notches are a pole's length apart; green: the origin, and the place above it where the tip is to be.";
        return new Figure("film-strip", strip.Title, caption, Width, (int)Math.Ceiling(scene.Height), scene.Draw);
    }

    private static bool IsFinite(CartPoleState state) => double.IsFinite(state.Position) && double.IsFinite(state.Angle);

    /// <summary>Where everything stands.</summary>
    private sealed class Scene
    {
        private readonly FilmStrip strip;
        private readonly CartPoleState[] real;
        private readonly CartPoleState[] imagined;
        private readonly int[] times;
        private readonly float frameWidth;
        private readonly float rowHeight;
        private readonly float scale;
        private readonly double middle;
        private readonly bool follow;
        private readonly float top;
        private double camera;

        public Scene(FilmStrip strip, CartPoleState[] real, CartPoleState[] imagined)
        {
            (this.strip, this.real, this.imagined) = (strip, real, imagined);
            int frames = Math.Min(MostFrames, real.Length);
            times = [.. Enumerable.Range(0, frames).Select(i => frames == 1 ? 0 : (int)Math.Round((double)i * (real.Length - 1) / (frames - 1)))];
            frameWidth = (Width - (2 * PlotStyle.Margin) - LabelWidth - (Gap * (MostFrames - 1))) / MostFrames;

            // Every frame shows the same stretch of the rail, as wide as the real cart needs.
            // A cart that goes far is followed instead, so that the pole stays large enough to see.
            var reach = real.SelectMany(s => new[] { s.Position - (0.3 * strip.PoleLength), s.Position + (0.3 * strip.PoleLength), s.Position + (strip.PoleLength * Math.Sin(s.Angle)) }).Append(0).ToArray();
            var (low, high) = (reach.Min() - (0.15 * strip.PoleLength), reach.Max() + (0.15 * strip.PoleLength));
            follow = high - low > WidestView * strip.PoleLength;
            middle = (low + high) / 2;
            scale = (float)(frameWidth / (strip.PoleLength * Math.Clamp((high - low) / strip.PoleLength, NarrowestView, WidestView)));
            rowHeight = (float)(2.5 * strip.PoleLength * scale);
            top = PlotStyle.Margin + PlotStyle.TitleSize + 12;
        }

        public float Height => top + (Rows * (rowHeight + Gap)) + 22 + (PlotStyle.Margin / 2);

        private int Rows => imagined.Length > 0 ? 2 : 1;

        public void Draw(SKCanvas canvas)
        {
            string title = Lettering.Shorten(strip.Title, Width - (2 * PlotStyle.Margin), PlotStyle.TitleSize, medium: true);
            Lettering.Draw(canvas, title, PlotStyle.Margin, PlotStyle.Margin + PlotStyle.TitleSize, PlotStyle.TitleSize, PlotStyle.Ink, medium: true);
            DrawRow(canvas, 0, "real", real, [], PlotStyle.Ink);
            if (imagined.Length > 0)
            {
                DrawRow(canvas, 1, "imagined", imagined, real, PlotStyle.Palette[0]);
            }

            for (int i = 0; i < times.Length; i++)
            {
                string time = strip.SecondsPerStep > 0 ? FormattableString.Invariant($"{times[i] * strip.SecondsPerStep:0.0} s") : $"step {times[i]}";
                Lettering.Draw(canvas, time, FrameLeft(i) + (frameWidth / 2), Height - (PlotStyle.Margin / 2) - 6, PlotStyle.TextSize, PlotStyle.Faint, align: SKTextAlign.Center);
            }
        }

        private float FrameLeft(int frame) => PlotStyle.Margin + LabelWidth + (frame * (frameWidth + Gap));

        private void DrawRow(SKCanvas canvas, int row, string label, CartPoleState[] states, CartPoleState[] outline, string color)
        {
            float above = top + (row * (rowHeight + Gap));
            float rail = above + (rowHeight / 2);
            Lettering.Draw(canvas, label, PlotStyle.Margin, rail + 4, PlotStyle.TextSize + 1, color, medium: true);
            for (int i = 0; i < times.Length; i++)
            {
                var frame = SKRect.Create(FrameLeft(i), above, frameWidth, rowHeight);
                using var border = PlotStyle.Paint(PlotStyle.Grid);
                border.Style = SKPaintStyle.Stroke;
                border.StrokeWidth = 1;
                canvas.DrawRect(frame, border);
                canvas.DrawLine(frame.Left, rail, frame.Right, rail, border);
                if (times[i] >= states.Length)
                {
                    continue;
                }

                canvas.Save();
                canvas.ClipRect(frame);
                camera = follow ? real[times[i]].Position : middle;
                DrawOrigin(canvas, frame, rail);
                for (int trace = Math.Min(Traces, times[i]); trace > 0; trace--)
                {
                    DrawCartPole(canvas, frame, rail, states[times[i] - trace], color, (byte)(70 - (14 * trace)));
                }

                if (times[i] < outline.Length)
                {
                    DrawCartPole(canvas, frame, rail, outline[times[i]], PlotStyle.Faint, 130, hollow: true);
                }

                DrawCartPole(canvas, frame, rail, states[times[i]], color, 255);
                DrawArrowIfOutside(canvas, frame, rail, states[times[i]].Position, color);
                canvas.Restore();
            }
        }

        private void DrawOrigin(SKCanvas canvas, SKRect frame, float rail)
        {
            using var notch = PlotStyle.Paint(PlotStyle.Faint);
            notch.StrokeWidth = 1;
            double edge = frameWidth / 2 / scale;
            for (double k = Math.Ceiling((camera - edge) / strip.PoleLength); k * strip.PoleLength <= camera + edge; k++)
            {
                float at = AtX(frame, k * strip.PoleLength);
                canvas.DrawLine(at, frame.Bottom - 4, at, frame.Bottom, notch);
            }

            using var mark = PlotStyle.Paint(PlotStyle.Palette[2]);
            float x = AtX(frame, 0);
            canvas.DrawCircle(x, rail - ((float)strip.PoleLength * scale), 2.5f, mark);
            mark.StrokeWidth = 2;
            canvas.DrawLine(x, frame.Bottom - 7, x, frame.Bottom, mark);
        }

        private void DrawCartPole(SKCanvas canvas, SKRect frame, float rail, CartPoleState state, string color, byte opacity, bool hollow = false)
        {
            float length = (float)strip.PoleLength * scale;
            float x = AtX(frame, state.Position);
            using var cart = PlotStyle.Paint(color, opacity);
            cart.Style = hollow ? SKPaintStyle.Stroke : SKPaintStyle.Fill;
            cart.StrokeWidth = 1;
            canvas.DrawRect(SKRect.Create(x - (0.28f * length), rail - (0.13f * length), 0.56f * length, 0.26f * length), cart);
            using var pole = PlotStyle.Paint(hollow ? color : PlotStyle.Palette[1], opacity);
            pole.Style = SKPaintStyle.Stroke;
            pole.StrokeCap = SKStrokeCap.Round;
            pole.StrokeWidth = hollow ? 1 : Math.Max(2, 0.09f * length);
            canvas.DrawLine(x, rail, x + (length * (float)Math.Sin(state.Angle)), rail - (length * (float)Math.Cos(state.Angle)), pole);
        }

        // A cart that has left the frame is pointed at.
        private void DrawArrowIfOutside(SKCanvas canvas, SKRect frame, float rail, double position, string color)
        {
            float x = AtX(frame, position);
            if (x >= frame.Left && x <= frame.Right)
            {
                return;
            }

            float side = x < frame.Left ? -1 : 1;
            float tip = side < 0 ? frame.Left + 3 : frame.Right - 3;
            using var path = new SKPath();
            path.MoveTo(tip, rail);
            path.LineTo(tip - (7 * side), rail - 5);
            path.LineTo(tip - (7 * side), rail + 5);
            path.Close();
            using var arrow = PlotStyle.Paint(color);
            canvas.DrawPath(path, arrow);
        }

        private float AtX(SKRect frame, double position) => frame.MidX + ((float)(position - camera) * scale);
    }
}
