using Anneal.Engine.Models;
using Anneal.Engine.Training;
using Anneal.Runs;
using Anneal.Runs.Protocol;

namespace Anneal.Worker;

/// <summary>A checkpoint's model, with the block of a proposal where it has one, answering token rows with logits.</summary>
internal sealed class CheckpointLogits : IDisposable
{
    private readonly Transformer model;

    private CheckpointLogits(Transformer model) => (this.model, Logits) = (model, new(model));

    /// <summary>What answers.</summary>
    public LogitsModel Logits { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="checkpoint">Folder of the saved state.</param>
    /// <param name="code">The compiled proposals; null where there are none.</param>
    /// <exception cref="InputException">The code is missing or another.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public static CheckpointLogits Load(string checkpoint, CodeOrder? code)
    {
        var hash = Checkpoint.Describe(checkpoint).Options.Code?.Block ?? "";
        return new(Checkpoint.LoadModel(checkpoint, ProposedParts.Load(new() { Block = hash }, code)?.Block));
    }

    public void Dispose()
    {
        Logits.Dispose();
        model.Dispose();
    }
}
