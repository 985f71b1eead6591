using System.Runtime.InteropServices;

namespace Reverie.Cli.Terminal;

/// <summary>
/// The first Ctrl-C (or termination signal) asks to finish the current step and save; the second ends the process at once.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly string notice;
    private readonly PosixSignalRegistration[] registrations;

    /// <summary>Listens until disposed.</summary>
    /// <param name="notice">What the first signal says on standard error.</param>
    public Interrupt(string notice = "finishing the step; once more ends at once")
    {
        this.notice = notice;
        registrations = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM), Register(PosixSignal.SIGHUP)];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        if (source.IsCancellationRequested)
        {
            // A live table hides the cursor; what ends at once cannot bring it back later.
            Console.Error.Write(Console.IsErrorRedirected ? "" : "\e[?25h");
            return;
        }

        context.Cancel = true;
        Console.Error.WriteLine(notice);
        source.Cancel();
    });
}
