using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Reverie.Experience;

/// <summary>Reads and writes trajectories as Parquet.</summary>
internal static class ParquetTrajectories
{
    /// <summary>Rows of a row group that is written: what a reader needs in memory at once.</summary>
    private const int RowsPerGroup = 1 << 16;

    /// <summary>The most numbers (rows × columns) of a row group that is read.</summary>
    private const long MaxNumbersPerGroup = 1L << 27;

    private const string SchemaKey = "reverie.schema";
    private const string WorldKey = "reverie.world";
    private const string ObservationKey = "reverie.observation_size";
    private const string ActionKey = "reverie.action_size";

    // Parquet.Net is asynchronous only. Its tasks run on the pool, where no synchronization context can lock them up.
    public static void Write(TrajectoryLog log, Stream stream)
    {
        Task.Run(() => WriteAsync(log, stream)).GetAwaiter().GetResult();
        ParquetDigest.Write(stream, ParquetGuard.CheckFooter(stream));
    }

    /// <exception cref="LogFormatException">Whatever is wrong with the file.</exception>
    public static void Read(Stream stream, TrajectoryLog.LogSink sink)
    {
        try
        {
            long footer = ParquetGuard.CheckFooter(stream);
            if (!ParquetDigest.Matches(stream, footer))
            {
                throw new FormatException("its content does not match its checksum");
            }

            Task.Run(() => ReadAsync(stream, footer, sink)).GetAwaiter().GetResult();
        }
        catch (FormatException e)
        {
            throw sink.RefuseFile($"is no intact Parquet file: {e.Message}", e);
        }
        catch (Exception e) when (e is not LogFormatException)
        {
            // Parquet.Net tells of damage by exceptions of many types.
            throw sink.RefuseFile($"is no intact Parquet file, or one of a kind that is not read ({e.GetType().Name}: {e.Message})", e);
        }
    }

    private static async Task WriteAsync(TrajectoryLog log, Stream stream)
    {
        var names = TrajectoryColumns.Names(log.ObservationSize, log.ActionSize);
        var columns = TrajectoryColumns.Resolve(names, problem => new InvalidOperationException(problem));
        var fields = names.Select((name, i) => new DataField(name, TypeOf(columns, i), isNullable: false)).ToArray();
        var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            writer.CustomMetadata = new Dictionary<string, string>
            {
                [SchemaKey] = TrajectoryLog.SchemaVersion.ToString(CultureInfo.InvariantCulture),
                [WorldKey] = log.World,
                [ObservationKey] = log.ObservationSize.ToString(CultureInfo.InvariantCulture),
                [ActionKey] = log.ActionSize.ToString(CultureInfo.InvariantCulture),
                [ParquetDigest.Key] = ParquetDigest.Placeholder,
            };
            for (int first = 0; first < log.Count; first += RowsPerGroup)
            {
                int count = Math.Min(RowsPerGroup, log.Count - first);
                using var group = writer.CreateRowGroup();
                await Put(columns.Episode, log.Episode).ConfigureAwait(false);
                await Put(columns.Step, log.Step).ConfigureAwait(false);
                for (int k = 0; k < log.ObservationSize; k++)
                {
                    await Put(columns.Observation[k], i => log.Observation(i)[k]).ConfigureAwait(false);
                }

                for (int k = 0; k < log.ActionSize; k++)
                {
                    await Put(columns.Action[k], i => log.Action(i)[k]).ConfigureAwait(false);
                }

                await Put(columns.Reward, log.Reward).ConfigureAwait(false);
                for (int k = 0; k < log.ObservationSize; k++)
                {
                    await Put(columns.NextObservation[k], i => log.NextObservation(i)[k]).ConfigureAwait(false);
                }

                await Put(columns.Terminated, log.Terminated).ConfigureAwait(false);
                await Put(columns.Truncated, log.Truncated).ConfigureAwait(false);
                group.CompleteValidate();

                Task Put<T>(int column, Func<int, T> cell)
                    where T : struct
                {
                    var values = new T[count];
                    for (int i = 0; i < count; i++)
                    {
                        values[i] = cell(first + i);
                    }

                    return group.WriteAsync<T>(fields[column], values.AsMemory());
                }
            }
        }
    }

    private static Type TypeOf(TrajectoryColumns columns, int place) =>
        place == columns.Episode ? typeof(long)
        : place == columns.Step ? typeof(int)
        : place == columns.Terminated || place == columns.Truncated ? typeof(bool)
        : typeof(double);

    private static async Task ReadAsync(Stream stream, long footer, TrajectoryLog.LogSink sink)
    {
        var reader = await ParquetReader.CreateAsync(new GuardedStream(stream)).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var fields = reader.Schema.Fields.Select(field => field as DataField ?? throw sink.RefuseFile($"the column '{TrajectoryColumns.Shorten(field.Name)}' is nested")).ToArray();
            var metadata = reader.CustomMetadata;
            CheckMetadata(SchemaKey, TrajectoryLog.SchemaVersion);
            sink.Begin([.. fields.Select(field => field.Name)], metadata.GetValueOrDefault(WorldKey, ""));
            CheckMetadata(ObservationKey, sink.Columns.Observation.Length);
            CheckMetadata(ActionKey, sink.Columns.Action.Length);
            foreach (var group in reader.RowGroups)
            {
                CheckSize(group, fields.Length, sink);
                foreach (var field in fields)
                {
                    var column = group.GetMetadata(field)?.MetaData ?? throw new FormatException($"a row group lacks the column '{field.Name}'");
                    ParquetGuard.CheckColumn(stream, column, group.RowCount, footer);
                }

                await ReadGroup(group, fields, sink).ConfigureAwait(false);
            }

            void CheckMetadata(string key, int expected)
            {
                if (metadata.TryGetValue(key, out string? value) && value != expected.ToString(CultureInfo.InvariantCulture))
                {
                    throw sink.RefuseFile($"its metadata say {key} = '{TrajectoryColumns.Shorten(value)}'; {expected} is expected");
                }
            }
        }
    }

    private static void CheckSize(ParquetRowGroupReader group, int columns, TrajectoryLog.LogSink sink)
    {
        if (group.RowCount < 0 || group.RowCount > MaxNumbersPerGroup / columns)
        {
            throw sink.RefuseFile($"a row group claims {group.RowCount} rows of {columns} columns; at most {MaxNumbersPerGroup} numbers are read");
        }
    }

    private static async Task ReadGroup(ParquetRowGroupReader group, DataField[] fields, TrajectoryLog.LogSink sink)
    {
        int count = (int)group.RowCount;
        double[][] columns = new double[fields.Length][];
        long[] episodes = [];
        for (int k = 0; k < fields.Length; k++)
        {
            columns[k] = [];
            bool isTruth = k == sink.Columns.Terminated || k == sink.Columns.Truncated;
            if (fields[k].ClrType == typeof(bool) != isTruth)
            {
                throw Unfit(fields[k]);
            }

            if (k == sink.Columns.Episode)
            {
                episodes = fields[k].ClrType == typeof(int)
                    ? Array.ConvertAll(await Values<int>(group, fields[k], count, sink).ConfigureAwait(false), x => (long)x)
                    : fields[k].ClrType == typeof(long) ? await Values<long>(group, fields[k], count, sink).ConfigureAwait(false)
                    : throw Unfit(fields[k]);
                continue;
            }

            columns[k] = Type.GetTypeCode(fields[k].ClrType) switch
            {
                TypeCode.Double => await Values<double>(group, fields[k], count, sink).ConfigureAwait(false),
                TypeCode.Single => Array.ConvertAll(await Values<float>(group, fields[k], count, sink).ConfigureAwait(false), x => (double)x),
                TypeCode.Int64 => Array.ConvertAll(await Values<long>(group, fields[k], count, sink).ConfigureAwait(false), x => (double)x),
                TypeCode.Int32 => Array.ConvertAll(await Values<int>(group, fields[k], count, sink).ConfigureAwait(false), x => (double)x),
                TypeCode.Boolean => Array.ConvertAll(await Values<bool>(group, fields[k], count, sink).ConfigureAwait(false), x => x ? 1.0 : 0.0),
                _ => throw Unfit(fields[k]),
            };
        }

        double[] row = new double[fields.Length];
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < row.Length; k++)
            {
                row[k] = k == sink.Columns.Episode ? 0 : columns[k][i];
            }

            sink.Add(row, episodes[i]);
        }

        LogFormatException Unfit(DataField field) =>
            sink.RefuseFile($"the column '{field.Name}' holds {field.ClrType.Name}, which is not its type");
    }

    private static async Task<T[]> Values<T>(ParquetRowGroupReader group, DataField field, int count, TrajectoryLog.LogSink sink)
        where T : struct
    {
        if (!field.IsNullable)
        {
            var values = new T[count];
            await group.ReadAsync<T>(field, values.AsMemory()).ConfigureAwait(false);
            return values;
        }

        var optional = new T?[count];
        await group.ReadAsync<T>(field, optional.AsMemory()).ConfigureAwait(false);
        int missing = Array.FindIndex(optional, x => x is null);
        return missing < 0
            ? Array.ConvertAll(optional, x => x!.Value)
            : throw sink.RefuseNext(missing, $"{field.Name} is null");
    }
}
