namespace Reverie.Experiments;

/// <summary>The request was wrong: an unknown name, a value out of range, a directory that is no run. Commands exit with 2.</summary>
public sealed class RequestException : Exception
{
    /// <summary>With one line that names what was given and what is allowed.</summary>
    public RequestException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public RequestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without a message.</summary>
    public RequestException()
    {
    }
}
