using System.Text.Json;
using Anneal.Runs.Protocol;

namespace Anneal.Lab.Research;

/// <summary>
/// Proposals that somebody outside handed in for a study, as files in <c>LAB/studies/NAME/inbox</c>, oldest first. A file stays
/// until its proposal is known to the study, so that a kill at any moment loses none; then it lies in <c>inbox/taken</c>, or in
/// <c>inbox/refused</c> with the reason beside it.
/// </summary>
/// <param name="lab">The lab's folder.</param>
/// <param name="study">Study.</param>
public sealed class Inbox(string lab, string study)
{
    /// <summary>The folder.</summary>
    public string Directory { get; } = Path.Combine(Study.ReportDirectory(study, lab), "inbox");

    /// <summary>Hands a proposal in.</summary>
    /// <param name="proposal">Checked against the champion of the moment; it is checked again when it is taken.</param>
    /// <returns>Its name in the inbox.</returns>
    public string Add(Proposal proposal)
    {
        System.IO.Directory.CreateDirectory(Directory);
        var name = $"{DateTime.UtcNow:yyyyMMdd'T'HHmmss'.'fffffff}-{Guid.NewGuid().ToString("N")[..8]}";
        AtomicFile.Write(Path.Combine(Directory, name + ".json"), JsonSerializer.SerializeToUtf8Bytes(proposal, Ledger.Ledger.Json), durable: true);
        return name;
    }

    /// <summary>What waits, oldest first; files that are no proposals are refused.</summary>
    public IReadOnlyList<(string Name, Proposal Proposal)> Waiting()
    {
        var waiting = new List<(string, Proposal)>();
        if (!System.IO.Directory.Exists(Directory)) return waiting;
        foreach (var file in System.IO.Directory.GetFiles(Directory, "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            try
            {
                waiting.Add((name, JsonSerializer.Deserialize<Proposal>(File.ReadAllText(file), Ledger.Ledger.Json) ?? throw new JsonException("null")));
            }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
                Refuse(name, $"is no proposal: {e.Message}");
            }
            catch (FileNotFoundException)
            {
                // Taken meanwhile.
            }
        }

        return waiting;
    }

    /// <summary>Whether a proposal is among those that a study knows.</summary>
    /// <param name="known">Proposals of the study.</param>
    /// <param name="proposal">From the inbox.</param>
    public static bool IsKnown(IEnumerable<Proposal> known, Proposal proposal)
    {
        var text = Text(proposal);
        return known.Any(other => other.Source == proposal.Source && Text(other) == text);
    }

    private static string Text(Proposal proposal) => JsonSerializer.Serialize(proposal, Ledger.Ledger.Json);

    internal void Take(string name) => Move(name, "taken");

    internal void Refuse(string name, string reason)
    {
        Move(name, "refused");
        File.WriteAllText(Path.Combine(Directory, "refused", name + ".txt"), reason + "\n");
    }

    private void Move(string name, string folder)
    {
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, folder));
        File.Move(Path.Combine(Directory, name + ".json"), Path.Combine(Directory, folder, name + ".json"), overwrite: true);
    }
}
