using BenchmarkDotNet.Running;
using Reverie.Benchmarks.Kernels;
using Reverie.Benchmarks.Macro;

const string Usage = """
    usage: dotnet run -c Release --project benchmarks/Reverie.Benchmarks -- macro [name…]     ratios, each taken in one run
           dotnet run -c Release --project benchmarks/Reverie.Benchmarks -- kernels [options]  BenchmarkDotNet, e.g. --filter '*Lane*'
    """;

switch (args)
{
    case ["macro", .. var names]:
        return MacroRunner.Run(names, Console.Out, Console.Error);
    case ["kernels", .. var options]:
        // Without a filter BenchmarkDotNet would ask which to run.
        string[] all = ["--filter", "*"];
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(options.Length == 0 ? all : options, new KernelConfig());
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
