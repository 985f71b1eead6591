namespace Reverie.Experiments;

/// <summary>The request was right but the run failed or is damaged. Commands exit with 1; what was saved before stays.</summary>
public sealed class RunException : Exception
{
    /// <summary>With one line that says what failed and where.</summary>
    public RunException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public RunException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public RunException()
    {
    }
}
