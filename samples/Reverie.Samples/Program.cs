using System.Globalization;
using Reverie.Neural.Agents;
using Reverie.Neural.Models;
using Reverie.Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["plan"]:
        Console.WriteLine($"return {PlanOnKnownWorld.Run():F1}");
        return 0;
    case ["swing-up"]:
        var (height, milliseconds) = SwingUpInTime.Run(TimeProvider.System);
        Console.WriteLine($"tip at {height:F2} of 2, {milliseconds:F2} ms a decision");
        return 0;
    case ["own-world"]:
        var derivatives = OwnWorld.Differentiate();
        Console.WriteLine($"room after the last step {OwnWorld.Heat():F2} °C");
        Console.WriteLine($"A = [{string.Join(", ", derivatives.StateJacobian.Select(a => a.ToString("F4")))}]");
        Console.WriteLine($"B = [{string.Join(", ", derivatives.ActionJacobian.Select(b => b.ToString("F4")))}]");
        return 0;
    case ["learn"]:
        Console.WriteLine($"returns {string.Join(", ", LearningLoop.Run(episodes: 5, new PetsOptions()))}");
        return 0;
    case ["train", var path]:
        TrainFromLog.WriteLog(path, steps: 2000);
        Console.WriteLine(TrainFromLog.Train(path, new DynamicsOptions()));
        return 0;
    case ["imagine"]:
        var imagination = new ModelBasedOptions { Horizon = 10, UpdatesPerStep = 15, RealShare = 0.3, Model = new DynamicsOptions { HiddenLayers = 2, HiddenSize = 96, Stochastic = false } };
        Console.WriteLine($"returns {string.Join(", ", LearnInImagination.Run(steps: 2000, imagination).Select(r => r.ToString("F0")))}");
        return 0;
    case ["offline", var path]:
        TrainFromLog.WriteLog(path, steps: 2000);
        Console.WriteLine($"return {LearnFromLog.Run(path, improvements: 1000, new ModelBasedOptions { Horizon = 3, Penalty = 1.0 }):F0}");
        return 0;
    case ["solve"]:
        var solution = SolveOwnProcess.Solve(precision: 1e-9);
        for (int condition = 0; condition < SolveOwnProcess.Conditions; condition++)
        {
            string todo = solution.Policy[condition] == 0 ? "run" : "replace";
            Console.WriteLine($"condition {condition}: {todo,-7} worth {solution.Lower[condition]:F8} to {solution.Upper[condition]:F8}");
        }

        return 0;
    case ["learn-map"]:
        Console.WriteLine(LearnMap.Draw(LearnMap.Run(episodes: 200)));
        return 0;
    case ["search"]:
        Console.WriteLine($"reward a step {SearchTree.Run(steps: 500):F2}");
        return 0;
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project samples/Reverie.Samples -- plan | swing-up | own-world | learn | train FILE.parquet | imagine | offline FILE.parquet | solve | learn-map | search");
        return 2;
}
