namespace Reverie.Numerics;

/// <summary>Receives what a learner, a model or an agent, measures of itself, e.g. <c>model/validationLoss</c>.</summary>
/// <param name="name">The metric's name.</param>
/// <param name="value">Its value now.</param>
public delegate void MetricSink(string name, double value);
