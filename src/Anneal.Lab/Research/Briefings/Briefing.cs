using System.Text.Json.Nodes;
using Anneal.Lab.Providers;
using Anneal.Lab.Research.Tools;

namespace Anneal.Lab.Research.Briefings;

/// <summary>What a model is told and given for a proposal: it depends on what the study is about.</summary>
internal abstract class Briefing
{
    /// <summary>Rules; the same in all conversations, so that they stay cached.</summary>
    public abstract string System { get; }

    /// <summary>Tools; their order and words never change within a study.</summary>
    /// <param name="task">What they work on.</param>
    public abstract IReadOnlyList<Tool> Tools(ProposalTask task);

    /// <summary>First user turn; the last block before the question ends the cached prefix.</summary>
    /// <param name="task">What is known.</param>
    public abstract JsonArray Blocks(ProposalTask task);
}
