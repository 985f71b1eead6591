namespace Reverie.Cli;

/// <summary>What the process's exit code says; scripts depend on it.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The run failed.</summary>
    public const int RunFailed = 1;

    /// <summary>The request was wrong.</summary>
    public const int WrongRequest = 2;

    /// <summary>Interrupted; the state is saved.</summary>
    public const int Interrupted = 130;
}
