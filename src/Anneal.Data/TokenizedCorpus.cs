namespace Anneal.Data;

/// <summary>A corpus as token shards. The two directories share no parent below the corpus directory's <c>train/</c> and <c>held/</c>.</summary>
/// <param name="TrainDirectory">Holds <c>train.bin</c>, <c>tokenizer.json</c>, <c>domains.json</c>; all that a run may see.</param>
/// <param name="HeldDirectory">Holds <c>val.bin</c>, <c>test.bin</c>, <c>tokenizer.json</c>, <c>domains.json</c>; for the evaluator only.</param>
/// <param name="Vocab">Number of token ids, end-of-text included.</param>
/// <param name="EndOfText">The token after every document, the last id.</param>
/// <param name="Hash">Hash of the corpus's content and the tokenizer's configuration; names the tokens.</param>
public sealed record TokenizedCorpus(string TrainDirectory, string HeldDirectory, int Vocab, int EndOfText, string Hash);
