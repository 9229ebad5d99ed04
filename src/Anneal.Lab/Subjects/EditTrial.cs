using System.Security.Cryptography;
using System.Text;
using Anneal.Lab.Evidence;
using Anneal.Lab.Ledger;
using Anneal.Lab.Research;
using Anneal.Lab.Studies;

namespace Anneal.Lab.Subjects;

/// <summary>An experiment on a subject: a commit on top of the champion's.</summary>
internal sealed class EditTrial : Experiment
{
    private readonly bool measured;

    /// <summary>Begins; the treatment is the control until an edit is tried.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="proposal">The proposal.</param>
    /// <param name="control">The champion.</param>
    /// <param name="measured">The lab measures the values; else the subject says them itself.</param>
    public EditTrial(int number, Proposal proposal, Revision control, bool measured) : base(number, proposal)
    {
        Control = Treatment = control;
        this.measured = measured;
    }

    /// <summary>The champion that it is held against.</summary>
    public Revision Control { get; }

    /// <summary>The changed champion; the control itself where the edit is impossible.</summary>
    public Revision Treatment { get; private set; }

    /// <summary>Its edit became part of the champion.</summary>
    public bool Adopted { get; private set; }

    /// <inheritdoc/>
    protected override string ControlText => Control.ToText();

    /// <inheritdoc/>
    protected override string TreatmentText => Treatment.ToText();

    /// <summary>Says what is tried; the same files on both sides were tried before.</summary>
    /// <param name="treatment">The changed champion.</param>
    /// <param name="tried">Identities of all experiments before.</param>
    public void Try(Revision treatment, IReadOnlySet<string> tried)
    {
        Treatment = treatment;
        Identity = IdentityOf(Control, treatment);
        if (treatment.Tree == Control.Tree) Invalidate("the champion has this change already");
        else if (tried.Contains(Identity)) Invalidate("this experiment was made before");
    }

    /// <summary>It is adopted under this commit: the same files, the evidence in the message.</summary>
    /// <param name="adopted">The new champion.</param>
    public void Settle(Revision adopted) => Treatment = adopted;

    /// <summary>The edit cannot be tried at all.</summary>
    /// <param name="flaw">Why not.</param>
    public void Refuse(string flaw)
    {
        Identity = Hash($"{Control.Tree}\n{string.Join('\n', (Proposal.Edits ?? []).Select(edit => edit.ToString()))}\n{Number}");
        Invalidate(flaw);
    }

    /// <summary>What makes two experiments the same one: the files of both arms.</summary>
    /// <param name="control">The champion.</param>
    /// <param name="treatment">The changed champion.</param>
    public static string IdentityOf(Revision control, Revision treatment) => Hash($"{control.Tree}\n{treatment.Tree}");

    /// <summary>A change that passes the gate is adopted; on the subject's own word it is called suggestive at most.</summary>
    /// <inheritdoc/>
    public override void Judge(GateState state)
    {
        base.Judge(state);
        if (state.Decision != GateDecision.Confirm) return;
        Adopted = true;
        if (measured) return;
        Decide(Evidence.Verdict.Suggestive, $"{state.Reason} The subject measured itself, so this is suggestive and no more; the edit is adopted.");
    }

    /// <inheritdoc/>
    public override ExperimentRecord ToRecord() => base.ToRecord() with { Grade = measured ? EvidenceGrade.Measured : EvidenceGrade.SelfReported, Adopted = Adopted };

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
