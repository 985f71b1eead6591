using Reverie.Numerics;

namespace Reverie.Experience;

/// <content>Reading and writing.</content>
public sealed partial class TrajectoryLog
{
    /// <summary>The version of the columns' schema that is written and read.</summary>
    public const int SchemaVersion = 1;

    /// <summary>Writes the log as Parquet; the file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => ParquetTrajectories.Write(this, stream));

    /// <summary>
    /// Reads a log: one file, or all files <c>*.parquet</c> and <c>*.csv</c> of a folder as parts in ordinal order of their names.
    /// </summary>
    /// <param name="path">The file or folder. A file is read as Parquet unless its name ends in <c>.csv</c>.</param>
    /// <param name="observationSize">Components that an observation must have; 0 for any.</param>
    /// <param name="actionSize">Components that an action must have; 0 for any.</param>
    /// <exception cref="LogFormatException">There is no such file, it cannot be read, is torn, or breaks a rule of logs; the message names file and row.</exception>
    public static TrajectoryLog Read(string path, int observationSize = 0, int actionSize = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(observationSize);
        ArgumentOutOfRangeException.ThrowIfNegative(actionSize);
        string current = path;
        try
        {
            TrajectoryLog? log = null;
            foreach (string file in Files(path))
            {
                current = file;
                var sink = new LogSink(file, log, observationSize, actionSize);
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
                if (IsCsv(file))
                {
                    CsvTrajectories.Read(stream, sink);
                }
                else
                {
                    ParquetTrajectories.Read(stream, sink);
                }

                log = sink.Log;
            }

            return log!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LogFormatException(current, null, $"cannot be read: {e.Message}", e);
        }
    }

    private static string[] Files(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new LogFormatException(path, null, "there is no such file or folder");
        }

        string[] files = [.. Directory.GetFiles(path)
            .Where(file => IsCsv(file) || file.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new LogFormatException(path, null, "the folder holds no .parquet or .csv file");
    }

    private static bool IsCsv(string file) => file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes what a reader finds in one file and adds it to the log, naming file and row of what it refuses.</summary>
    /// <param name="file">The file.</param>
    /// <param name="log">The log of the parts before; null in the first.</param>
    /// <param name="observationSize">Components that an observation must have; 0 for any.</param>
    /// <param name="actionSize">Components that an action must have; 0 for any.</param>
    internal sealed class LogSink(string file, TrajectoryLog? log, int observationSize, int actionSize)
    {
        private double[] observation = [];
        private double[] action = [];
        private double[] next = [];

        /// <summary>The log; null before <see cref="Begin"/> when this is the first file.</summary>
        public TrajectoryLog? Log { get; private set; } = log;

        /// <summary>Where each column stands.</summary>
        public TrajectoryColumns Columns { get; private set; } = null!;

        /// <summary>Rows of this file taken so far.</summary>
        public long Rows { get; private set; }

        /// <summary>The file's columns and, where it tells, its world are known.</summary>
        /// <exception cref="LogFormatException">They are not what is expected.</exception>
        public void Begin(IReadOnlyList<string> header, string world)
        {
            Columns = TrajectoryColumns.Resolve(header, problem => new LogFormatException(file, null, problem));
            Expect("observation", Columns.Observation.Length, observationSize == 0 ? Log?.ObservationSize ?? 0 : observationSize);
            Expect("action", Columns.Action.Length, actionSize == 0 ? Log?.ActionSize ?? 0 : actionSize);
            Log ??= new TrajectoryLog(world, Columns.Observation.Length, Columns.Action.Length);
            if (Log.World != world && Log.World.Length > 0 && world.Length > 0)
            {
                throw new LogFormatException(file, null, $"is of the world '{world}', the parts before it of '{Log.World}'");
            }

            observation = new double[Columns.Observation.Length];
            next = new double[Columns.Observation.Length];
            action = new double[Columns.Action.Length];
        }

        /// <summary>Adds a row.</summary>
        /// <param name="row">Its cells, <c>[columns]</c>, in the file's order; truth values as 0 and 1.</param>
        /// <param name="episode">The episode's number.</param>
        /// <exception cref="LogFormatException">It breaks a rule of logs.</exception>
        public void Add(ReadOnlySpan<double> row, long episode)
        {
            Rows++;
            double step = row[Columns.Step];
            if (!(step is >= 0 and < int.MaxValue) || step != Math.Floor(step))
            {
                throw Refuse($"step is {step}; it must be a whole number from 0 to {int.MaxValue - 1}");
            }

            Gather(row, Columns.Observation, observation);
            Gather(row, Columns.Action, action);
            Gather(row, Columns.NextObservation, next);
            var transition = new Transition
            {
                Observation = observation,
                Action = action,
                Reward = row[Columns.Reward],
                NextObservation = next,
                Terminated = row[Columns.Terminated] != 0,
                Truncated = Columns.Truncated >= 0 && row[Columns.Truncated] != 0,
            };
            if (Log!.TryAdd(episode, (int)step, transition) is { } problem)
            {
                throw new LogFormatException(file, Rows, problem);
            }
        }

        /// <summary>What to throw when the row after the last taken is not to be had.</summary>
        public LogFormatException RefuseNext(string problem) => RefuseNext(0, problem);

        /// <summary>What to throw when a row further on is not to be had.</summary>
        public LogFormatException RefuseNext(int ahead, string problem) => new(file, Rows + 1 + ahead, problem);

        /// <summary>What to throw when the file as a whole is not to be had.</summary>
        public LogFormatException RefuseFile(string problem, Exception? cause = null) => new(file, null, problem, cause);

        private LogFormatException Refuse(string problem) => new(file, Rows, problem);

        private void Expect(string what, int given, int expected)
        {
            if (expected != 0 && given != expected)
            {
                throw new LogFormatException(file, null, $"has {given} {what} columns; {expected} are expected");
            }
        }

        private static void Gather(ReadOnlySpan<double> row, int[] columns, double[] values)
        {
            for (int i = 0; i < columns.Length; i++)
            {
                values[i] = row[columns[i]];
            }
        }
    }
}
