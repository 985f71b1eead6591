using Reverie.Neural.Agents;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Reverie.Benchmarks.Macro;

/// <summary>The gradient step of SAC as one writes it in libtorch: modules, automatic differentiation, the library's Adam. For comparison only.</summary>
internal sealed class PlainSac : IDisposable
{
    private readonly SoftActorCriticOptions options;
    private readonly int width;
    private readonly int actionSize;
    private readonly int threads;
    private readonly Sequential actor;
    private readonly Sequential[] critics;
    private readonly Sequential[] targets;
    private readonly Parameter logTemperature;
    private readonly optim.Optimizer actorAdam;
    private readonly optim.Optimizer criticAdam;
    private readonly optim.Optimizer temperatureAdam;

    public PlainSac(int width, int actionSize, SoftActorCriticOptions options, int threads)
    {
        (this.width, this.actionSize, this.options, this.threads) = (width, actionSize, options, threads);
        actor = Network(width, 2 * actionSize);
        critics = [Network(width + actionSize, 1), Network(width + actionSize, 1)];
        targets = [Network(width + actionSize, 1), Network(width + actionSize, 1)];
        logTemperature = new Parameter(tensor((float)Math.Log(options.InitialTemperature)));
        actorAdam = optim.Adam(actor.parameters(), options.ActorRate);
        criticAdam = optim.Adam(critics[0].parameters().Concat(critics[1].parameters()), options.CriticRate);
        temperatureAdam = optim.Adam([logTemperature], options.TemperatureRate);
    }

    /// <summary>One step on a minibatch, which is copied into tensors first.</summary>
    public void Step(LearnerBatch batch)
    {
        set_num_threads(threads);
        using var scope = NewDisposeScope();
        var states = tensor(batch.Features).view(batch.Size, width);
        var actions = tensor(batch.Actions).view(batch.Size, actionSize);
        var rewards = tensor(batch.Rewards).view(batch.Size, 1);
        var discounts = tensor(batch.Discounts).view(batch.Size, 1);
        var next = tensor(batch.NextFeatures).view(batch.Size, width);
        var alpha = logTemperature.detach().exp();
        Tensor y;
        using (no_grad())
        {
            var (drawn, density) = Draw(next);
            y = rewards + (discounts * (Least(targets, next, drawn) - (alpha * density)));
        }

        criticAdam.zero_grad();
        var pair = cat([states, actions], 1);
        var loss = 0.5 * ((critics[0].call(pair) - y).square().mean() + (critics[1].call(pair) - y).square().mean());
        loss.backward();
        criticAdam.step();

        actorAdam.zero_grad();
        var (action, logDensity) = Draw(states);
        ((alpha * logDensity) - Least(critics, states, action)).mean().backward();
        actorAdam.step();

        temperatureAdam.zero_grad();
        (-logTemperature * (logDensity.detach().mean() + (options.TargetEntropy * actionSize))).backward();
        temperatureAdam.step();

        using var guard = no_grad();
        foreach (var (target, critic) in targets.Zip(critics))
        {
            foreach (var (slow, fast) in target.parameters().Zip(critic.parameters()))
            {
                slow.lerp_(fast, options.TargetRate);
            }
        }
    }

    public void Dispose()
    {
        actorAdam.Dispose();
        criticAdam.Dispose();
        temperatureAdam.Dispose();
        actor.Dispose();
        foreach (var network in critics.Concat(targets))
        {
            network.Dispose();
        }

        logTemperature.Dispose();
    }

    private static Tensor Least(Sequential[] networks, Tensor states, Tensor actions)
    {
        var pair = cat([states, actions], 1);
        return minimum(networks[0].call(pair), networks[1].call(pair));
    }

    private (Tensor Action, Tensor LogDensity) Draw(Tensor states)
    {
        var outputs = actor.call(states);
        var logDeviation = -5 + (3.5 * (outputs.narrow(1, actionSize, actionSize).tanh() + 1));
        var epsilon = randn(states.shape[0], actionSize);
        var u = outputs.narrow(1, 0, actionSize) + (logDeviation.exp() * epsilon);
        var density = (-0.5 * epsilon.square()) - logDeviation - 0.91893853 - (2 * (0.69314718 - u - nn.functional.softplus(-2 * u)));
        return (u.tanh(), density.sum(1, keepdim: true));
    }

    private Sequential Network(int inputs, int outputs)
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        for (int l = 0; l < options.HiddenLayers; l++)
        {
            layers.Add(nn.Linear(l == 0 ? inputs : options.HiddenSize, options.HiddenSize));
            layers.Add(nn.SiLU());
        }

        layers.Add(nn.Linear(options.HiddenSize, outputs));
        return nn.Sequential(layers);
    }
}
