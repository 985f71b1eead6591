using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reverie.Numerics;

/// <summary>A row of a small matrix in registers, its width known to the compiler; columns that are not used are 0.</summary>
/// <typeparam name="TRow">The row type itself.</typeparam>
internal unsafe interface IRow<TRow>
    where TRow : unmanaged, IRow<TRow>
{
    /// <summary>Columns, a multiple of eight.</summary>
    static abstract int Width { get; }

    /// <summary>Reads a row.</summary>
    static abstract TRow Load(double* source);

    /// <summary>Writes a row.</summary>
    static abstract void Store(TRow row, double* destination);

    /// <summary>a·x + y.</summary>
    static abstract TRow MultiplyAdd(double a, TRow x, TRow y);

    /// <summary>a·x.</summary>
    static abstract TRow Multiply(double a, TRow x);
}

/// <summary>Eight columns: one register of 512 bits.</summary>
internal readonly unsafe struct Row8(Vector512<double> value) : IRow<Row8>
{
    private readonly Vector512<double> value = value;

    public static int Width => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row8 Load(double* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Row8 row, double* destination) => row.value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row8 MultiplyAdd(double a, Row8 x, Row8 y) => new(Vector512.FusedMultiplyAdd(Vector512.Create(a), x.value, y.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row8 Multiply(double a, Row8 x) => new(Vector512.Create(a) * x.value);
}

/// <summary>Twice as many columns.</summary>
/// <typeparam name="TRow">One half.</typeparam>
internal readonly unsafe struct RowPair<TRow>(TRow left, TRow right) : IRow<RowPair<TRow>>
    where TRow : unmanaged, IRow<TRow>
{
    private readonly TRow left = left, right = right;

    public static int Width => 2 * TRow.Width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowPair<TRow> Load(double* source) => new(TRow.Load(source), TRow.Load(source + TRow.Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(RowPair<TRow> row, double* destination)
    {
        TRow.Store(row.left, destination);
        TRow.Store(row.right, destination + TRow.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowPair<TRow> MultiplyAdd(double a, RowPair<TRow> x, RowPair<TRow> y) => new(TRow.MultiplyAdd(a, x.left, y.left), TRow.MultiplyAdd(a, x.right, y.right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowPair<TRow> Multiply(double a, RowPair<TRow> x) => new(TRow.Multiply(a, x.left), TRow.Multiply(a, x.right));
}
