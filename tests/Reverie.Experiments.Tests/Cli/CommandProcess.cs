using System.Diagnostics;

namespace Reverie.Experiments.Tests.Cli;

/// <summary>The built command-line program in a process of its own.</summary>
internal sealed class CommandProcess : IDisposable
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly List<string> errorLines = [];
    private readonly Lock gate = new();

    public CommandProcess(string folder, params IEnumerable<string> arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Reverie.Cli.exe" : "Reverie.Cli");
        process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.ErrorDataReceived += (_, e) =>
        {
            lock (gate)
            {
                errorLines.AddRange(e.Data is null ? [] : [e.Data]);
            }
        };
        process.Start();
        process.BeginErrorReadLine();
        output = process.StandardOutput.ReadToEndAsync();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Runs a command to its end.</summary>
    public static (int Code, string Output, string Error) Run(string folder, params IEnumerable<string> arguments)
    {
        using var command = new CommandProcess(folder, arguments);
        return command.Finish();
    }

    public (int Code, string Output, string Error) Finish()
    {
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), "the command did not end in two minutes");
        process.WaitForExit();
        lock (gate)
        {
            return (process.ExitCode, output.Result, string.Join('\n', errorLines));
        }
    }

    /// <summary>Waits until standard error has this many lines that begin so, or the process has ended.</summary>
    public void WaitForLines(string beginning, int count)
    {
        while (!process.HasExited)
        {
            lock (gate)
            {
                if (errorLines.Count(line => line.StartsWith(beginning, StringComparison.Ordinal)) >= count)
                {
                    return;
                }
            }

            Thread.Sleep(1);
        }
    }

    /// <summary>SIGKILL: the process gets no chance to do anything more.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("sh", ["-c", $"kill -INT {process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }
}
