using System.Text;
using Anneal.Data.Tokenizer;
using Anneal.Engine.Kernels;
using Anneal.Engine.Models;

namespace Anneal.Runs.Evaluation;

/// <summary>Writes text with a model.</summary>
public static class TextSampler
{
    /// <summary>Continues a prompt until end-of-text or the options' length; an empty prompt starts a document. Returns the new text only.</summary>
    /// <exception cref="ArgumentException">An option is out of range, or the tokenizer is not the model's.</exception>
    public static string Continue(Transformer model, Tokenizer tokenizer, string prompt, SamplerOptions options)
    {
        if (model.Vocab != tokenizer.Vocab)
            throw new ArgumentException($"the model has a vocabulary of {model.Vocab}, the tokenizer has {tokenizer.Vocab}: use the tokenizer that it was trained with");
        using var team = new ThreadTeam(1);
        using var sampler = new Sampler(model, team);
        // A document begins after an end-of-text token, in training too.
        int[] tokens = [tokenizer.EndOfText, .. tokenizer.Encode(Encoding.UTF8.GetBytes(prompt))];
        return Encoding.UTF8.GetString(tokenizer.Decode(sampler.Sample(tokens, options with { StopToken = tokenizer.EndOfText })));
    }
}
