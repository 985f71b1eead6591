using Reverie.Agents.Local;
using Reverie.Neural.Models;

namespace Reverie.Neural.Agents;

/// <summary>Options of <see cref="LocalModelsAgent"/> where its prior may be an ensemble.</summary>
public sealed record EnsembleLocalModelsOptions : LocalModelsOptions
{
    /// <summary>The ensemble of <see cref="LocalFit.Ensemble"/>. Default: 3 members of 2 hidden layers of 64 units, points rather than distributions, 500 gradient steps; else as <see cref="DynamicsOptions"/>.</summary>
    public DynamicsOptions Ensemble { get; init; } = new() { Members = 3, Elites = 3, HiddenLayers = 2, HiddenSize = 64, Stochastic = false, MaxSteps = 500 };
}
