using System.Reflection;

namespace Reverie.Samples.Tests;

/// <summary>The code in README.md, and the first of the guide, is that of a sample, which is compiled and run.</summary>
public sealed class ReadmeTests
{
    private const int MostLines = 20;

    [Theory]
    [InlineData("README.md", "PlanOnKnownWorld", "readme")]
    [InlineData("docs/guide.md", "SwingUpInTime", "guide")]
    public void Pages_show_the_sample_as_it_is(string page, string file, string region)
    {
        string sample = Region(Read($"samples/Reverie.Samples/{file}.cs"), region);
        Assert.InRange(sample.Split('\n').Length, 5, MostLines);
        Assert.Equal(sample, Block(Read(page), "csharp"));
    }

    /// <summary>What stands between <c>// &lt;name&gt;</c> and <c>// &lt;/name&gt;</c>, without its common indentation.</summary>
    private static string Region(string text, string name)
    {
        string[] lines = text.Split('\n');
        int start = Array.FindIndex(lines, l => l.Trim() == $"// <{name}>"), end = Array.FindIndex(lines, l => l.Trim() == $"// </{name}>");
        Assert.InRange(start, 0, end);
        int indent = lines[start].IndexOf('/', StringComparison.Ordinal);
        return string.Join('\n', lines[(start + 1)..end].Select(l => l.Length > indent ? l[indent..] : l.Trim()));
    }

    /// <summary>The first fenced block of a language.</summary>
    private static string Block(string text, string language)
    {
        string[] lines = text.Split('\n');
        int start = Array.IndexOf(lines, "```" + language);
        Assert.True(start >= 0, $"The page has no block of {language}.");
        return string.Join('\n', lines[(start + 1)..Array.IndexOf(lines, "```", start)]);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository, file)).ReplaceLineEndings("\n");

    private static string Repository =>
        typeof(ReadmeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Repository").Value!;
}
