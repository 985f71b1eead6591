using Reverie.Numerics;

namespace Reverie.Experiments;

/// <summary>Where a run stands, as its checkpoint says it.</summary>
internal sealed class RunCounters
{
    /// <summary>Environment steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Finished episodes.</summary>
    public int Episodes { get; set; }

    /// <summary>Steps of the episode under way.</summary>
    public int EpisodeSteps { get; set; }

    /// <summary>Rewards of the episode under way.</summary>
    public double EpisodeReturn { get; set; }

    /// <summary>Whether an episode is under way, rather than the next one still to be started.</summary>
    public bool InEpisode { get; set; }

    /// <summary>Parts of the transitions that are valid.</summary>
    public int Parts { get; set; }

    /// <summary>Bytes of metrics.jsonl that are valid.</summary>
    public long MetricsLength { get; set; }

    /// <summary>Bytes of episodes.jsonl that are valid.</summary>
    public long EpisodesLength { get; set; }

    /// <summary>Environment steps after which the policy was last evaluated while learning; 0 before.</summary>
    public long Evaluated { get; set; }

    public void Save(StateDictionary state, string prefix)
    {
        state.Set(prefix + "/counters", [Steps, Episodes, EpisodeSteps, InEpisode ? 1 : 0, Parts, MetricsLength, EpisodesLength]);
        state.Set(prefix + "/episodeReturn", [EpisodeReturn]);
        if (Evaluated > 0)
        {
            state.Set(prefix + "/evaluated", [Evaluated]);
        }
    }

    public void Load(StateDictionary state, string prefix)
    {
        var saved = state.GetInt64(prefix + "/counters", 7);
        (Steps, Episodes, EpisodeSteps, InEpisode) = (saved[0], (int)saved[1], (int)saved[2], saved[3] != 0);
        (Parts, MetricsLength, EpisodesLength) = ((int)saved[4], saved[5], saved[6]);
        EpisodeReturn = state.GetDouble(prefix + "/episodeReturn", 1)[0];
        Evaluated = state.Contains(prefix + "/evaluated") ? state.GetInt64(prefix + "/evaluated", 1)[0] : 0;
    }
}
