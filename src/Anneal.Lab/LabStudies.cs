using Anneal.Lab.Ledger;
using Anneal.Runs;

namespace Anneal.Lab;

/// <summary>Studies as a lab's ledger holds them, for commands that only read.</summary>
public static class LabStudies
{
    /// <summary>A study's name, from the name itself or from its file.</summary>
    public static string NameOf(string study) => File.Exists(study) ? StudyFile.Load(study).Study : study;

    /// <summary>Reads one study.</summary>
    /// <exception cref="InputException">No such lab or study; the message names the nearest.</exception>
    public static StudyRecord Read(string lab, string study)
    {
        using var ledger = Open(lab);
        return ledger.ReadStudy(NameOf(study));
    }

    /// <summary>Opens an existing lab; a reader makes none.</summary>
    public static Ledger.Ledger Open(string lab) => Ledger.Ledger.Exists(lab)
        ? Ledger.Ledger.Open(lab)
        : throw new InputException(lab, "is no lab: it has no lab.db. Start a study with `anneal study run STUDY.yaml`, or name the lab with --lab DIR.");
}
