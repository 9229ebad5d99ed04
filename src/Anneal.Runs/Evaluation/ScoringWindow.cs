namespace Anneal.Runs.Evaluation;

/// <summary>
/// A stretch of one document that the model sees at once. Input i of a document is the token before its token i (end-of-text
/// before the first), so that the target of input i is token i.
/// </summary>
/// <param name="Document">Document of the split.</param>
/// <param name="Start">First input.</param>
/// <param name="Length">Inputs.</param>
/// <param name="Scored">The last so many inputs' targets count; the earlier are context.</param>
internal readonly record struct ScoringWindow(int Document, int Start, int Length, int Scored)
{
    /// <summary>
    /// Windows that score every token of a document exactly once: each ends at the next <paramref name="stride"/> tokens (the
    /// last at what is left), and reaches back as far as the window and the model's context allow.
    /// </summary>
    public static IEnumerable<ScoringWindow> Over(int document, int tokens, int window, int stride, int context)
    {
        var reach = Math.Min(window, context);
        for (var scored = 0; scored < tokens; scored += stride)
        {
            var end = Math.Min(scored + stride, tokens);
            var length = Math.Min(end, reach);
            yield return new(document, end - length, length, end - scored);
        }
    }
}
