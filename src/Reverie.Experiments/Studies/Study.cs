namespace Reverie.Experiments.Studies;

/// <summary>How a study is to be run.</summary>
/// <param name="Seeds">Seeds of each agent, 1 to this number.</param>
/// <param name="Threads">Trials at the same time; results do not depend on it.</param>
/// <param name="Progress">Told what is done, now and then, from any thread.</param>
/// <param name="Cancel">Ends it.</param>
public sealed record StudySetup(int Seeds, int Threads, Action<string> Progress, CancellationToken Cancel)
{
    /// <summary>Runs one trial for each seed and keeps them in the order of the seeds.</summary>
    internal T[] Trials<T>(string what, Func<long, T> trial)
    {
        Progress($"{what}: {Seeds} seeds");
        var results = new T[Seeds];
        try
        {
            Parallel.For(0, Seeds, new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = Cancel }, i => results[i] = trial(i + 1));
        }
        catch (AggregateException e) when (e.InnerExceptions.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException) ?? e.InnerExceptions[0]);
        }

        return results;
    }
}

/// <summary>A question with agents, worlds and a measure, answered by a table and a figure.</summary>
/// <param name="Name">Its name in commands.</param>
/// <param name="Summary">One line about it.</param>
/// <param name="Seeds">Seeds of each agent unless told otherwise.</param>
/// <param name="Run">Runs it.</param>
public sealed record Study(string Name, string Summary, int Seeds, Func<StudySetup, StudyReport> Run);
