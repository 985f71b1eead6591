using System.Runtime.CompilerServices;
using Reverie.Neural.Networks;

namespace Reverie.Neural.Models;

/// <summary>One thread's tiles: everything a rollout touches, allocated once, pinned and 64-byte aligned.</summary>
internal sealed unsafe class EnsembleScratch
{
    private const int Tile = DenseKernel.TileWidth;

    // The pointers below point into these: they must live as long.
    private readonly List<float[]> owned = [];

    public EnsembleScratch(int stateSize, int actionSize, int inputSize, int rows, int outputs, int particles)
    {
        States = Allocate(particles * stateSize);
        Next = Allocate(stateSize);
        Actions = Allocate(actionSize);
        Inputs = Allocate(inputSize);
        First = Allocate(rows);
        Second = Allocate(rows);
        Mean = Allocate(outputs);
        Alive = Allocate(particles);
        Totals = Allocate(particles);
        Rewards = Allocate(1);
        Terminated = Allocate(1);
    }

    /// <summary>Particles' states, <c>[particle][StateSize][64]</c>.</summary>
    public float* States { get; }

    /// <summary><c>[StateSize][64]</c>.</summary>
    public float* Next { get; }

    /// <summary><c>[Actions.Size][64]</c>.</summary>
    public float* Actions { get; }

    /// <summary><c>[InputSize][64]</c>.</summary>
    public float* Inputs { get; }

    /// <summary>Hidden activations.</summary>
    public float* First { get; }

    /// <summary>Hidden activations.</summary>
    public float* Second { get; }

    /// <summary>Mean over members of their outputs, <c>[Outputs][64]</c>.</summary>
    public float* Mean { get; }

    /// <summary>γᵗ until the task ended, then 0, <c>[particle][64]</c>.</summary>
    public float* Alive { get; }

    /// <summary>Returns so far, <c>[particle][64]</c>.</summary>
    public float* Totals { get; }

    /// <summary><c>[64]</c>.</summary>
    public float* Rewards { get; }

    /// <summary><c>[64]</c>.</summary>
    public float* Terminated { get; }

    private float* Allocate(int rows)
    {
        var array = GC.AllocateArray<float>((rows * Tile) + 16, pinned: true);
        owned.Add(array);
        nint address = (nint)Unsafe.AsPointer(ref array[0]);
        return (float*)((address + 63) & ~(nint)63);
    }
}
