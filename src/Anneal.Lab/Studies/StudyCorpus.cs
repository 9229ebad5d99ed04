using System.Security.Cryptography;
using System.Text;
using Anneal.Data;

namespace Anneal.Lab.Studies;

/// <summary>Where a lab keeps its corpora.</summary>
public static class StudyCorpus
{
    /// <summary>Prepares a source's corpus in the lab, or opens the one that is there.</summary>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="source"><c>dotnet-docs</c>, <c>man-pages</c> or an absolute path.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancel">Returns at once; what was half made is no corpus and is made anew the next time.</param>
    public static Task<Corpus> PrepareAsync(string lab, string source, IProgress<StudyEvent>? progress, CancellationToken cancel) =>
        Task.Run(() => Corpus.Prepare(source, Directory(lab, source), null, new Told(progress)), cancel).WaitAsync(cancel);

    /// <summary>Folder of a source's corpus in the lab.</summary>
    /// <param name="lab">The lab's folder.</param>
    /// <param name="source"><c>dotnet-docs</c>, <c>man-pages</c> or an absolute path.</param>
    // A path may hold anything, and two may end alike: its last name for the reader, its hash for the rest.
    public static string Directory(string lab, string source)
    {
        if (!Path.IsPathRooted(source)) return Path.Combine(lab, "corpora", source);
        var name = Path.GetFileName(source.TrimEnd(Path.DirectorySeparatorChar));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)))[..8];
        return Path.Combine(lab, "corpora", $"{name}-{hash}");
    }

    private sealed class Told(IProgress<StudyEvent>? progress) : IProgress<string>
    {
        public void Report(string value) => progress?.Report(new CorpusProgressed(value));
    }
}
