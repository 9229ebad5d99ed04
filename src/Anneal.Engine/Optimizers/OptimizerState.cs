using Anneal.Engine.Models;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Optimizers;

/// <summary>One moment of one parameter.</summary>
/// <param name="Name">Name in a checkpoint.</param>
/// <param name="Parameter">The parameter whose shape it has.</param>
/// <param name="Buffer">Flat buffer laid out like the parameters.</param>
internal readonly record struct OptimizerState(string Name, Parameter Parameter, NativeBuffer Buffer)
{
    public unsafe Span<float> Values => new(Buffer.Pointer + Parameter.Offset, Parameter.Length);
}
