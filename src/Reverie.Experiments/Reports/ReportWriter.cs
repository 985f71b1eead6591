using System.Text;
using Reverie.Numerics;

namespace Reverie.Experiments.Reports;

/// <summary>Writes a report: every picture as PNG and SVG, and one page that stands alone.</summary>
public static class ReportWriter
{
    internal const int MostPicturesOfAKind = 6;

    /// <summary>Writes the report into a folder, which is made where it is missing. The same data gives the same bytes.</summary>
    /// <param name="data">What to show; what is missing is left out, with a note on the page.</param>
    /// <param name="folder">Where to.</param>
    /// <returns>The files written, the page last.</returns>
    /// <exception cref="IOException">The folder or a file cannot be written.</exception>
    public static IReadOnlyList<string> Write(ReportData data, string folder)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Directory.CreateDirectory(folder);
        var notes = new List<string>(data.Notes);
        var figures = Figures(data, notes);
        var files = new List<string>();
        foreach (var figure in figures)
        {
            Add(figure.Name + ".png", figure.ToPng());
            Add(figure.Name + ".svg", Encoding.UTF8.GetBytes(figure.ToSvg()));
        }

        Add("report.html", Encoding.UTF8.GetBytes(ReportPage.Render(data, figures, notes)));
        RemoveOlder(folder, files);
        return files;

        void Add(string name, byte[] content)
        {
            string path = Path.Combine(folder, name);
            AtomicFile.Write(path, stream => stream.Write(content));
            files.Add(path);
        }
    }

    /// <summary>Takes away figures that an earlier report left in the folder and this one does not have.</summary>
    private static void RemoveOlder(string folder, List<string> files)
    {
        string[] names = ["learning-curve", "evaluation-curve", "film-strip*", "grid*", "model-loss", "traces", "imagined-trajectories*", "open-loop-error", "one-step-error", "plan-*"];
        foreach (string old in names.SelectMany(name => (string[])[name + ".png", name + ".svg"]).SelectMany(pattern => Directory.GetFiles(folder, pattern)).Except(files))
        {
            File.Delete(old);
        }
    }

    /// <summary>Writes the report of one or more runs, finished or not.</summary>
    /// <param name="runs">The runs, at least one.</param>
    /// <param name="output">The folder to write to.</param>
    /// <returns>The files written, the page last.</returns>
    /// <exception cref="ArgumentException">There is no run.</exception>
    /// <exception cref="IOException">The folder or a file cannot be written.</exception>
    public static IReadOnlyList<string> Write(IReadOnlyList<RunDirectory> runs, string output) => Write(ReportData.FromRuns(runs), output);

    /// <summary>The pictures that the data suffices for; what does not is noted.</summary>
    internal static IReadOnlyList<Figure> Figures(ReportData data, List<string> notes)
    {
        var figures = new List<Figure>(PlanFigures.Of(data.Plans, notes));
        if (data.Plans.Count > 0 && data.Runs.Count == 0)
        {
            return figures;
        }

        AddOne(LearningCurveFigure.Of(data.LearningCurves), "There is no learning curve: there is no finished episode to draw.");
        if (data.EvaluationCurves.Count > 0)
        {
            AddOne(LearningCurveFigure.OfEvaluations(data.EvaluationCurves), "There is no curve of evaluations: none is finite.");
        }

        NoteLeftOut(data.LearningCurves.Sum(c => c.Episodes.Count(e => !double.IsFinite(e.Return))), "episode return");
        AddMany(data.FilmStrips, FilmStripFigure.Of, "film strips");
        AddMany(data.GridMaps, GridMapFigure.Of, "grid worlds");
        AddOne(ModelLossFigure.Of(data.ModelLosses), "There is no plot of the model's loss: there is none to draw.");
        if (data.Traces.Count > 0)
        {
            AddOne(TracesFigure.Of(data.Traces), "There is no plot of the agents' measures: none is finite.");
            NoteMore(data.Traces.Select(t => t.Name).Distinct().Count());
        }

        AddMany(data.Imagined, ImaginedTrajectoriesFigure.Of, "imagined trajectories");
        if (data.Imagined.Count == 0)
        {
            notes.Add("There is no plot of imagined trajectories: there is no model to imagine with, or no episode to imagine.");
        }

        if (LocalErrorFigure.Of(data.LocalErrors) is { } localErrors)
        {
            figures.Add(localErrors);
        }

        AddOne(OpenLoopErrorFigure.Of(data.OpenLoopErrors), "There is no plot of open-loop error: the command 'imagine' measures it.");
        return figures;

        void AddOne(Figure? figure, string missing)
        {
            if (figure is null)
            {
                notes.Add(missing);
            }
            else
            {
                figures.Add(figure);
            }
        }

        void AddMany<T>(IReadOnlyList<T> items, Func<T, Figure?> draw, string kind)
        {
            var drawn = items.Take(MostPicturesOfAKind).Select(draw).OfType<Figure>().ToArray();
            figures.AddRange(drawn.Select((figure, i) => drawn.Length == 1 ? figure : figure.Renamed($"{figure.Name}-{i + 1}")));
            if (items.Count > MostPicturesOfAKind)
            {
                notes.Add($"Only the first {MostPicturesOfAKind} of {items.Count} {kind} are shown.");
            }
            else if (drawn.Length < items.Count)
            {
                notes.Add($"{items.Count - drawn.Length} of {items.Count} {kind} had nothing to draw.");
            }
        }

        void NoteMore(int measures)
        {
            if (measures > TracesFigure.MostPanels)
            {
                notes.Add($"Only the first {TracesFigure.MostPanels} of {measures} measures of the agents are shown.");
            }
        }

        void NoteLeftOut(int count, string what)
        {
            if (count > 0)
            {
                notes.Add($"{count} {what}{(count == 1 ? " is" : "s are")} NaN or infinite and left out of the plot.");
            }
        }
    }
}
