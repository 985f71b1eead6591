using static Reverie.Experience.ThriftShape;

namespace Reverie.Experience;

/// <summary>The metadata of Parquet files as <c>parquet.thrift</c> of Apache Parquet 2.11 defines them, without encryption.</summary>
internal static class ParquetShapes
{
    /// <summary>Where <see cref="PageHeader"/> has its numbers; those of the three kinds of page stand in fields 5, 7 and 8.</summary>
    public const int
        PageType = 1, UnpackedLength = 2, PackedLength = 3, DataValues = 501, DictionaryValues = 701,
        DataValues2 = 801, DataNulls2 = 802, DefinitionLength2 = 805, RepetitionLength2 = 806;

    private static readonly ThriftShape Truth = new(ThriftType.Truth), Int8 = new(ThriftType.Byte), Int16 = new(ThriftType.I16),
        Int32 = new(ThriftType.I32), Int64 = new(ThriftType.I64), Real = new(ThriftType.Double), Binary = new(ThriftType.Binary), Empty = Struct();

    private static readonly ThriftShape KeyValue = Struct(Binary, Binary);

    private static readonly ThriftShape Statistics = Struct(Binary, Binary, Int64, Int64, Binary, Binary, Truth, Truth);

    private static readonly ThriftShape Time = Struct(Truth, Struct(Empty, Empty, Empty));

    private static readonly ThriftShape LogicalType = Struct(
        Empty, Empty, Empty, Empty, Struct(Int32, Int32), Empty, Time, Time, null, Struct(Int8, Truth),
        Empty, Empty, Empty, Empty, Empty, Struct(Int8), Struct(Binary), Struct(Binary, Int32));

    private static readonly ThriftShape SchemaElement = Struct(Int32, Int32, Int32, Binary, Int32, Int32, Int32, Int32, Int32, LogicalType);

    private static readonly ThriftShape PageEncodings = Struct(Int32, Int32, Int32);

    private static readonly ThriftShape Sizes = Struct(Int64, List(Int64), List(Int64));

    private static readonly ThriftShape Geography = Struct(Struct(Real, Real, Real, Real, Real, Real, Real, Real), List(Int32));

    private static readonly ThriftShape ColumnMetadata = Struct(
        Int32, List(Int32), List(Binary), Int32, Int64, Int64, Int64, List(KeyValue), Int64,
        Int64, Int64, Statistics, List(PageEncodings), Int64, Int32, Sizes, Geography);

    private static readonly ThriftShape ColumnChunk = Struct(Binary, Int64, ColumnMetadata, Int64, Int32, Int64, Int32, null, Binary);

    private static readonly ThriftShape SortingColumn = Struct(Int32, Truth, Truth);

    private static readonly ThriftShape RowGroup = Struct(List(ColumnChunk), Int64, Int64, List(SortingColumn), Int64, Int64, Int16);

    /// <summary>The file's footer.</summary>
    public static ThriftShape Footer { get; } = Struct(
        Int32, List(SchemaElement), Int64, List(RowGroup), List(KeyValue), Binary, List(Struct(Empty)), null, Binary);

    /// <summary>A page's header.</summary>
    public static ThriftShape PageHeader { get; } = Struct(
        Int32, Int32, Int32, Int32,
        Struct(Int32, Int32, Int32, Int32, Statistics),
        Empty,
        Struct(Int32, Int32, Truth),
        Struct(Int32, Int32, Int32, Int32, Int32, Int32, Truth, Statistics));
}
