namespace Reverie.Benchmarks.Macro;

/// <summary>
/// One question about speed, answered by ratios whose two sides are measured in turn in the same run, so that a busy or slower
/// machine moves both. To add one, write a class here and name it in <see cref="MacroRunner.All"/>.
/// </summary>
internal interface IMacroBenchmark
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it measures, in a line.</summary>
    string Summary { get; }

    /// <summary>Measures; a row is printed as soon as it is yielded.</summary>
    IEnumerable<MacroRow> Run();
}

/// <summary>A line of the table.</summary>
/// <param name="Quantity">What was measured, with its unit, e.g. <c>million steps/s, Lanes, 1 thread</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Reference">What it is compared with.</param>
/// <param name="ReferenceValue">The reference's value, taken in the same run (or published, if the name says so).</param>
/// <param name="Ratio">Value over reference, the median over alternating rounds.</param>
/// <param name="Goal">What is aimed at; empty for none.</param>
internal sealed record MacroRow(string Quantity, double Value, string Reference, double ReferenceValue, double Ratio, string Goal = "");
