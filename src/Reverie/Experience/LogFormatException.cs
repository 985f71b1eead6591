namespace Reverie.Experience;

/// <summary>A file of logged trajectories cannot be used. The message is one line that names the file and, where there is one, the row.</summary>
public sealed class LogFormatException : Exception
{
    /// <summary>With the file, the row and what is wrong there.</summary>
    /// <param name="file">The file or folder.</param>
    /// <param name="row">The row of data, from 1, a CSV header not counted; null where the whole file is meant.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="innerException">The cause, where another exception told of it.</param>
    public LogFormatException(string file, long? row, string problem, Exception? innerException = null)
        : base($"{file}{(row is null ? "" : $", row {row}")}: {problem.ReplaceLineEndings(" ")}", innerException)
    {
        (File, Row) = (file, row);
    }

    /// <summary>With a message.</summary>
    public LogFormatException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public LogFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public LogFormatException()
    {
    }

    /// <summary>The file or folder.</summary>
    public string? File { get; }

    /// <summary>The row of data, from 1, a CSV header not counted; null where the whole file is meant.</summary>
    public long? Row { get; }
}
