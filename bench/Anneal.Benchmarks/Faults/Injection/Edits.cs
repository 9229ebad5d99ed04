using Anneal.Engine.Models;
using Anneal.Engine.Training;

namespace Anneal.Benchmarks.Faults.Injection;

/// <summary>What faults and decoys do to weights, optimizer state and batches.</summary>
internal static class Edits
{
    public static void ScaleGradients(Transformer model, float factor, Func<Parameter, bool>? which = null)
    {
        foreach (var parameter in model.Parameters)
        {
            if (which?.Invoke(parameter) == false) continue;
            foreach (ref var value in parameter.Grad) value *= factor;
        }
    }

    public static void Scale(Transformer model, float factor, string part)
    {
        foreach (var parameter in model.Parameters)
        {
            if (!parameter.Name.Contains(part, StringComparison.Ordinal)) continue;
            foreach (ref var value in parameter.Value) value *= factor;
        }
    }

    public static void ScaleState(Trainer trainer, float factor, string moment = "")
    {
        foreach (var state in trainer.Optimizer.State)
        {
            if (!state.Name.StartsWith(moment, StringComparison.Ordinal)) continue;
            foreach (ref var value in state.Values) value *= factor;
        }
    }

    /// <summary>One weight of the middle of the model.</summary>
    public static ref float Weight(Transformer model) => ref model.Parameters.First(p => p.Name.EndsWith("self_attn.o_proj.weight", StringComparison.Ordinal)).Value[5];

    /// <summary>The bias of half of the hidden units of every block.</summary>
    public static void Mute(Transformer model, float bias)
    {
        var gated = model.Config.Mlp.Kind == MlpKind.Swiglu ? "mlp.gate_proj.bias" : "mlp.up_proj.bias";
        foreach (var parameter in model.Parameters)
            if (parameter.Name.EndsWith(gated, StringComparison.Ordinal)) parameter.Value[..(parameter.Length / 2)].Fill(bias);
    }

    /// <summary>Rounds every weight to the nearest number of 7 mantissa bits, ties to even: bfloat16 without a master copy.</summary>
    public static void Round(Transformer model)
    {
        foreach (ref var value in model.Values.Span)
        {
            var bits = BitConverter.SingleToUInt32Bits(value);
            value = BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
        }
    }

    /// <summary>Some rows become something else.</summary>
    public static void Rows(Span<int> batch, Moment at, double share, Action<int[], Random> fill)
    {
        var row = new int[at.Scale.Options.Model.Context];
        for (var number = 0; number < at.Rows; number++)
        {
            if (at.Random.NextDouble() >= share) continue;
            at.Row(batch, number).CopyTo(row);
            fill(row, at.Random);
            row.CopyTo(at.Row(batch, number));
        }
    }

    public static void Garbage(int[] row, Random random)
    {
        for (var i = 0; i < row.Length; i++) row[i] = random.Next(FaultCorpus.EndOfText);
    }

    /// <summary>Each row from a domain drawn by weight.</summary>
    public static void Mix(Span<int> batch, Moment at, params ReadOnlySpan<double> weights)
    {
        var context = at.Scale.Options.Model.Context;
        for (var number = 0; number < at.Rows; number++)
        {
            var left = at.Random.NextDouble();
            var domain = 0;
            while (domain < weights.Length - 1 && (left -= weights[domain]) >= 0) domain++;
            at.Domain(domain).Next(batch.Slice(number * context, context + 1));
        }
    }
}
