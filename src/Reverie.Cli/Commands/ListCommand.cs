using System.CommandLine;
using Reverie.Cli.Terminal;
using Reverie.Experiments;
using Reverie.Experiments.Studies;
using Reverie.Planning;
using Reverie.Worlds;
using Spectre.Console;

namespace Reverie.Cli.Commands;

/// <summary><c>reverie list [worlds|agents|planners|studies]</c>: what there is, with its options.</summary>
internal sealed class ListCommand : Command
{
    private static readonly string[] Kinds = ["worlds", "agents", "planners", "studies"];

    private readonly Argument<string?> kind = new("kind") { Description = "worlds, agents, planners or studies; all without", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> only = new("name") { Description = "One of that kind alone", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> json = CommonOptions.Json();

    public ListCommand()
        : base("list", "Show worlds, agents, planners and studies; with one kind, their options too")
    {
        Add(kind);
        Add(only);
        Add(json);
        SetAction(Execute);
    }

    private int Execute(ParseResult parsed)
    {
        string? wanted = parsed.GetValue(kind);
        if (wanted is not null && !Kinds.Contains(wanted))
        {
            throw new RequestException($"unknown kind '{wanted}'{Names.Suggestion(wanted, Kinds)}");
        }

        var lists = new SortedDictionary<string, Item[]>(StringComparer.Ordinal);
        foreach (string name in Kinds.Where(k => wanted is null || wanted == k))
        {
            lists[name] = Only([.. Items(name)], name, parsed.GetValue(only));
        }

        if (parsed.GetValue(json))
        {
            Output.Json(lists);
        }
        else
        {
            foreach (string name in Kinds.Where(lists.ContainsKey))
            {
                Show(name, lists[name], options: wanted is not null);
            }
        }

        return ExitCode.Done;
    }

    private static Item[] Only(Item[] items, string kind, string? name)
    {
        Item[] found = [.. items.Where(i => name is null || i.Name == name)];
        return found.Length > 0 ? found : throw new RequestException($"there is no '{name}' among the {kind}{Names.Suggestion(name!, items.Select(i => i.Name))}");
    }

    private static IEnumerable<Item> Items(string kind) => kind switch
    {
        "worlds" => WorldCatalog.Entries.Select(e => new Item(e.Name, e.Summary, OptionBinder.Describe(e.DefaultOptions))),
        "agents" => AgentCatalog.Entries.Select(e => new Item(e.Name, e.Summary, OptionBinder.Describe(e.DefaultOptions("")), Presets(e))),
        "studies" => StudyCatalog.Entries.Select(e => new Item(e.Name, e.Summary, [])),
        _ =>
        [
            .. PlannerCatalog.Entries.Select(e => new Item(e.Name, e.Summary, OptionBinder.Describe(e.DefaultOptions))),
            .. FinitePlan.Solvers.Select(e => new Item(e.Name, e.Summary + " (finite worlds)", OptionBinder.Describe(e.DefaultOptions))),
        ],
    };

    // Where an agent's defaults in a world are others than its general ones. An agent with options of another kind there says so in its summary.
    private static Preset[] Presets(AgentEntry agent)
    {
        var kind = agent.DefaultOptions("").GetType();
        var general = OptionBinder.Describe(agent.DefaultOptions(""));
        return
        [
            .. WorldCatalog.Entries
                .Where(w => agent.DefaultOptions(w.Name).GetType() == kind)
                .Select(w => new Preset(
                    w.Name,
                    agent.DefaultEpisodes(w.Name),
                    OptionBinder.Describe(agent.DefaultOptions(w.Name)).Except(general).ToDictionary(o => o.Name, o => o.Default)))
                .Where(p => p.Options.Count > 0 || p.Episodes != agent.DefaultEpisodes("")),
        ];
    }

    private static void Show(string kind, Item[] items, bool options)
    {
        var console = Output.Console();
        console.MarkupLine($"[bold]{kind}[/]");
        int width = items.Max(i => i.Name.Length);
        foreach (var item in items)
        {
            console.WriteLine($"  {item.Name.PadRight(width)}  {item.Summary}");
            if (options && item.Options.Count > 0)
            {
                var table = new Table().Border(TableBorder.Minimal).AddColumns("option", "default", "allowed", "meaning");
                foreach (var o in item.Options)
                {
                    table.AddRow(Markup.Escape(o.Name), Markup.Escape(o.Default), Markup.Escape(o.Range.Length > 0 ? o.Range : o.Type), Markup.Escape(o.Summary));
                }

                console.Write(table);
                foreach (var preset in item.Presets ?? [])
                {
                    console.WriteLine($"  in {preset.World}: {string.Join(", ", preset.Options.Select(o => $"{o.Key}={o.Value}").Prepend(Output.Episodes(preset.Episodes)))}");
                }
            }
        }

        console.WriteLine();
    }

    private sealed record Item(string Name, string Summary, IReadOnlyList<OptionDescription> Options, IReadOnlyList<Preset>? Presets = null);

    private sealed record Preset(string World, int Episodes, IReadOnlyDictionary<string, string> Options);
}
