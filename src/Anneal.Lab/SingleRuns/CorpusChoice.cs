using Anneal.Data;
using Anneal.Data.Tokenizer;
using Anneal.Lab.Studies;

namespace Anneal.Lab.SingleRuns;

/// <summary>The corpus of a command: a prepared folder as it is, anything else prepared once in the lab.</summary>
public static class CorpusChoice
{
    /// <summary>The corpus as shards of a tokenizer. An interruption is answered at once; what was half made is made anew the next time.</summary>
    /// <param name="corpus"><c>dotnet-docs</c>, <c>man-pages</c>, a folder made by <c>data prepare</c>, or a path to text.</param>
    /// <param name="tokenizer">Which tokenizer.</param>
    /// <param name="lab">The lab's folder; it keeps what is prepared here.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancel">Returns at once.</param>
    /// <exception cref="CorpusException">The source cannot be read or gives no text.</exception>
    public static Task<TokenizedCorpus> TokenizeAsync(string corpus, TokenizerConfig tokenizer, string lab, IProgress<string>? progress, CancellationToken cancel) =>
        Task.Run(() => Open(corpus, Path.GetFullPath(lab), progress).Tokenize(tokenizer, progress), cancel).WaitAsync(cancel);

    private static Corpus Open(string corpus, string lab, IProgress<string>? progress)
    {
        if (corpus is "dotnet-docs" or "man-pages")
            return Corpus.Prepare(corpus, StudyCorpus.Directory(lab, corpus), null, progress);
        var path = Path.GetFullPath(corpus);
        return File.Exists(Path.Combine(path, "corpus.json")) ? Corpus.Open(path) : Corpus.Prepare(path, StudyCorpus.Directory(lab, path), null, progress);
    }
}
