using Anneal.Engine.Models;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Optimizers;

/// <summary>One moment of one parameter.</summary>
/// <param name="Name">Name in a checkpoint.</param>
/// <param name="Shape">Shape in a checkpoint.</param>
/// <param name="Buffer">Where it lies.</param>
/// <param name="Offset">Place of its first float.</param>
internal readonly record struct OptimizerState(string Name, IReadOnlyList<int> Shape, NativeBuffer Buffer, long Offset)
{
    /// <summary>A moment of the parameter's shape, in a flat buffer laid out like the parameters.</summary>
    public OptimizerState(string name, Parameter parameter, NativeBuffer buffer)
        : this(name, parameter.Shape, buffer, parameter.Offset)
    {
    }

    public unsafe Span<float> Values
    {
        get
        {
            var length = 1;
            for (var i = 0; i < Shape.Count; i++) length *= Shape[i];
            return new(Buffer.Pointer + Offset, length);
        }
    }
}
