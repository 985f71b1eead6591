namespace Reverie.Experience;

/// <summary>The metadata of Parquet files as <c>parquet.thrift</c> of Apache Parquet 2.11 defines them, without encryption.</summary>
internal static class ParquetShapes
{
    private static readonly ThriftKind Truth = new(ThriftType.Truth);
    private static readonly ThriftKind Int8 = new(ThriftType.Byte);
    private static readonly ThriftKind Int16 = new(ThriftType.I16);
    private static readonly ThriftKind Int32 = new(ThriftType.I32);
    private static readonly ThriftKind Int64 = new(ThriftType.I64);
    private static readonly ThriftKind Real = new(ThriftType.Double);
    private static readonly ThriftKind Binary = new(ThriftType.Binary);
    private static readonly ThriftKind Empty = ThriftKind.Of([]);

    private static readonly ThriftShape KeyValue = new() { [1] = Binary, [2] = Binary };

    private static readonly ThriftShape Statistics = new()
    {
        [1] = Binary,
        [2] = Binary,
        [3] = Int64,
        [4] = Int64,
        [5] = Binary,
        [6] = Binary,
        [7] = Truth,
        [8] = Truth,
    };

    private static readonly ThriftShape Time = new()
    {
        [1] = Truth,
        [2] = ThriftKind.Of(new() { [1] = Empty, [2] = Empty, [3] = Empty }),
    };

    private static readonly ThriftShape LogicalType = new()
    {
        [1] = Empty,
        [2] = Empty,
        [3] = Empty,
        [4] = Empty,
        [5] = ThriftKind.Of(new() { [1] = Int32, [2] = Int32 }),
        [6] = Empty,
        [7] = ThriftKind.Of(Time),
        [8] = ThriftKind.Of(Time),
        [10] = ThriftKind.Of(new() { [1] = Int8, [2] = Truth }),
        [11] = Empty,
        [12] = Empty,
        [13] = Empty,
        [14] = Empty,
        [15] = Empty,
        [16] = ThriftKind.Of(new() { [1] = Int8 }),
        [17] = ThriftKind.Of(new() { [1] = Binary }),
        [18] = ThriftKind.Of(new() { [1] = Binary, [2] = Int32 }),
    };

    private static readonly ThriftShape SchemaElement = new()
    {
        [1] = Int32,
        [2] = Int32,
        [3] = Int32,
        [4] = Binary,
        [5] = Int32,
        [6] = Int32,
        [7] = Int32,
        [8] = Int32,
        [9] = Int32,
        [10] = ThriftKind.Of(LogicalType),
    };

    private static readonly ThriftShape ColumnMetadata = new()
    {
        [1] = Int32,
        [2] = ThriftKind.ListOf(Int32),
        [3] = ThriftKind.ListOf(Binary),
        [4] = Int32,
        [5] = Int64,
        [6] = Int64,
        [7] = Int64,
        [8] = ThriftKind.ListOf(KeyValue),
        [9] = Int64,
        [10] = Int64,
        [11] = Int64,
        [12] = ThriftKind.Of(Statistics),
        [13] = ThriftKind.ListOf(new ThriftShape { [1] = Int32, [2] = Int32, [3] = Int32 }),
        [14] = Int64,
        [15] = Int32,
        [16] = ThriftKind.Of(new() { [1] = Int64, [2] = ThriftKind.ListOf(Int64), [3] = ThriftKind.ListOf(Int64) }),
        [17] = ThriftKind.Of(new()
        {
            [1] = ThriftKind.Of(new() { [1] = Real, [2] = Real, [3] = Real, [4] = Real, [5] = Real, [6] = Real, [7] = Real, [8] = Real }),
            [2] = ThriftKind.ListOf(Int32),
        }),
    };

    private static readonly ThriftShape ColumnChunk = new()
    {
        [1] = Binary,
        [2] = Int64,
        [3] = ThriftKind.Of(ColumnMetadata),
        [4] = Int64,
        [5] = Int32,
        [6] = Int64,
        [7] = Int32,
        [9] = Binary,
    };

    private static readonly ThriftShape RowGroup = new()
    {
        [1] = ThriftKind.ListOf(ColumnChunk),
        [2] = Int64,
        [3] = Int64,
        [4] = ThriftKind.ListOf(new ThriftShape { [1] = Int32, [2] = Truth, [3] = Truth }),
        [5] = Int64,
        [6] = Int64,
        [7] = Int16,
    };

    /// <summary>The file's footer.</summary>
    public static ThriftShape Footer { get; } = new()
    {
        [1] = Int32,
        [2] = ThriftKind.ListOf(SchemaElement),
        [3] = Int64,
        [4] = ThriftKind.ListOf(RowGroup),
        [5] = ThriftKind.ListOf(KeyValue),
        [6] = Binary,
        [7] = ThriftKind.ListOf(new ThriftShape { [1] = Empty }),
        [9] = Binary,
    };

    /// <summary>A page's header; its integers go to slots 0, those of the parts for data to 20, for a dictionary to 40, for data of version 2 to 60.</summary>
    public static ThriftShape PageHeader { get; } = new()
    {
        [1] = Int32,
        [2] = Int32,
        [3] = Int32,
        [4] = Int32,
        [5] = ThriftKind.Of(new() { Slot = 20, [1] = Int32, [2] = Int32, [3] = Int32, [4] = Int32, [5] = PageStatistics }),
        [6] = Empty,
        [7] = ThriftKind.Of(new() { Slot = 40, [1] = Int32, [2] = Int32, [3] = Truth }),
        [8] = ThriftKind.Of(new() { Slot = 60, [1] = Int32, [2] = Int32, [3] = Int32, [4] = Int32, [5] = Int32, [6] = Int32, [7] = Truth, [8] = PageStatistics }),
    };

    /// <summary>How many numbers checking a page header yields.</summary>
    public const int PageNumbers = 100;

    // Its integers go where no other's do.
    private static ThriftKind PageStatistics => ThriftKind.Of(new()
    {
        Slot = 80,
        [1] = Binary,
        [2] = Binary,
        [3] = Int64,
        [4] = Int64,
        [5] = Binary,
        [6] = Binary,
        [7] = Truth,
        [8] = Truth,
    });
}
