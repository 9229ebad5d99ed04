namespace Anneal.Engine.Models;

/// <summary>Bounds of token ids.</summary>
internal static class TokenRange
{
    /// <summary>Throws for the first token outside low to vocab - 1.</summary>
    public static void Check(ReadOnlySpan<int> tokens, int low, int vocab)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] < low || tokens[i] >= vocab)
                throw new ArgumentException($"Token {i} is {tokens[i]}; expected {low} to {vocab - 1}: was it made by another tokenizer?");
        }
    }
}
