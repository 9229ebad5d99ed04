namespace Anneal.Lab.Code;

/// <summary>C# source that a proposal brings along. Hostile until shown otherwise.</summary>
/// <param name="Kind">Which part of the trainer it replaces.</param>
/// <param name="Source">One file.</param>
public sealed record ProposedCode(CodeKind Kind, string Source);

/// <summary>Part of the trainer that a proposal's code can replace.</summary>
public enum CodeKind
{
    /// <summary>A block of the transformer.</summary>
    Block,

    /// <summary>The optimizer.</summary>
    Optimizer,

    /// <summary>The learning rate over the run.</summary>
    Schedule,

    /// <summary>The training loss. What is measured stays the lab's.</summary>
    Loss,
}
