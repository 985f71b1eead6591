using System.CommandLine;
using Reverie.Experiments;

namespace Reverie.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Write exactly one JSON document to standard output" };

    public static Option<long> Seed() => new("--seed") { Description = "Seed of all randomness (default 0)", DefaultValueFactory = _ => 0 };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Set an option, as name=value; may be repeated ('reverie list' shows them)",
        DefaultValueFactory = _ => [],
        HelpName = "name=value",
    };

    public static Option<int> Threads() => AtLeast(1, new Option<int>("--threads")
    {
        Description = "Worker threads (default: all cores)",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    });

    public static Option<int> Episodes(int fallback, string description) => AtLeast(1, new Option<int>("--episodes")
    {
        Description = $"{description} (default {fallback})",
        DefaultValueFactory = _ => fallback,
    });

    public static Option<int> EvaluateEpisodes() => AtLeast(1, new Option<int>("--evaluate-episodes")
    {
        Description = "Fresh episodes of each evaluation while learning (default 5)",
        DefaultValueFactory = _ => 5,
    });

    public static Argument<string> Run() => new("run") { Description = "The run directory" };

    /// <summary>Refuses values below <paramref name="least"/>.</summary>
    public static Option<int> AtLeast(int least, Option<int> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out int value) && value < least)
            {
                result.AddError($"{option.Name} is {value}; it must be at least {least}");
            }
        });
        return option;
    }

    /// <summary>Likewise where it may be left out.</summary>
    public static void CheckAtLeast(int least, string name, long? value)
    {
        if (value < least)
        {
            throw new RequestException($"{name} is {value}; it must be at least {least}");
        }
    }
}
