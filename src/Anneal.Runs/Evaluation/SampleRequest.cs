namespace Anneal.Runs.Evaluation;

/// <summary>A line to the sampling process.</summary>
/// <param name="Id">Comes back with the answer.</param>
/// <param name="Checkpoint">Folder of the saved state.</param>
/// <param name="Tokenizer">The <c>tokenizer.json</c> that the model was trained with.</param>
/// <param name="Prompt">Text to continue; empty starts a document.</param>
/// <param name="Tokens">Most new tokens.</param>
/// <param name="Temperature">0 is greedy.</param>
/// <param name="TopK">Only the so many likeliest tokens; 0 means all.</param>
/// <param name="Seed">Seed of the draw.</param>
public sealed record SampleRequest(string Id, string Checkpoint, string Tokenizer, string Prompt, int Tokens = 128, double Temperature = 0.8, int TopK = 50, long Seed = 1);

/// <summary>A line from the sampling process: a text or an error.</summary>
/// <param name="Id">Of the request; empty where that could not be read.</param>
/// <param name="Text">The continuation, without the prompt.</param>
/// <param name="Error">Why there is none, or null.</param>
public sealed record SampleResponse(string Id, string? Text = null, string? Error = null);
