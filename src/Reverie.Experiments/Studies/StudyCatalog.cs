namespace Reverie.Experiments.Studies;

/// <summary>The studies by name.</summary>
public static class StudyCatalog
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Study> Entries { get; } =
    [
        MazeStudies.DynaMaze,
        MazeStudies.BlockingMaze,
        MazeStudies.ShortcutMaze,
        ExplorationStudy.Entry,
        GuaranteeStudy.Entry,
        SweepingStudy.Entry,
        LocalModelsStudy.Entry,
        NeuralDerivativesStudy.Entry,
        GradientsStudy.Entry,
        ModelErrorStudy.Entry,
        CovariateShiftStudy.Entry,
        CalibrationStudy.Entry,
        ExploitationStudy.Entry,
        CriticsStudy.Entry,
    ];

    /// <summary>The study of a name.</summary>
    /// <exception cref="RequestException">There is none; the nearest name is suggested.</exception>
    public static Study Find(string name) =>
        Entries.FirstOrDefault(s => s.Name == name) ?? throw new RequestException($"unknown study '{name}'{Names.Suggestion(name, Entries.Select(s => s.Name))}");
}
