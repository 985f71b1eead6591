namespace Reverie.Worlds.Finite.Formats;

/// <summary>A file of a finite world cannot be used. The message is one line that names the file and, where there is one, the line.</summary>
public sealed class FiniteFileException : Exception
{
    /// <summary>With the file, the line and what is wrong there.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, from 1; null where the whole file is meant.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="innerException">The cause, where another exception told of it.</param>
    public FiniteFileException(string file, long? line, string problem, Exception? innerException = null)
        : base($"{file}{(line is null ? "" : $", line {line}")}: {problem.ReplaceLineEndings(" ")}", innerException)
    {
        (File, Line) = (file, line);
    }

    /// <summary>With a message.</summary>
    public FiniteFileException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public FiniteFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public FiniteFileException()
    {
    }

    /// <summary>The file.</summary>
    public string? File { get; }

    /// <summary>The line, from 1; null where the whole file is meant.</summary>
    public long? Line { get; }
}
