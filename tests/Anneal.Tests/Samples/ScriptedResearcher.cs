using System.Text.Json;
using System.Text.RegularExpressions;
using Anneal.Tests.Lab.Providers.Servers;

namespace Anneal.Tests.Samples;

/// <summary>
/// What a person wrote down to be said in a language model's place, for the transcript of samples/claude-study: it looks at what
/// is known, then proposes. Nothing here thinks, and nothing it "finds" was found by a model.
/// </summary>
internal static partial class ScriptedResearcher
{
    private const string Cooldown = """
        // Linear warmup, a long plateau, then a cooldown by one minus a square root: most of the run learns at the full rate, and the
        // last part still anneals.
        public sealed class PlateauThenRoot : CustomSchedule
        {
            public override double Rate(long step, long steps)
            {
                double done = (step + 1.0) / steps;
                const double Warmup = 0.1, Cooldown = 0.5;
                if (done < Warmup) return done / Warmup;
                if (done < 1 - Cooldown) return 1;
                return 1 - Math.Sqrt((done - (1 - Cooldown)) / Cooldown);
            }
        }
        """;

    private static readonly object[] Proposals =
    [
        new
        {
            hypothesis = "Rotary positions beat a learned position table in a run this short.",
            mechanism = "A learned table must see every position often before it helps; rotations carry relative distance from the first step.",
            refuted_by = "The mean paired gain stays below 0.005 bits per byte.",
            predicted_effect = new { mean = 0.06, sd = 0.04 },
            confirm_probability = 0.75,
            change = new Dictionary<string, object> { ["model.position.kind"] = "rope" },
        },
        new
        {
            hypothesis = "A plateau with a root-shaped cooldown beats the cosine at equal compute.",
            mechanism = "The cosine leaves the full rate early; a run of a few hundred steps is limited by progress rather than by noise until its last part, where the cooldown still anneals.",
            refuted_by = "No paired gain, or screening at half the budget is worse by more than 0.02.",
            predicted_effect = new { mean = 0.02, sd = 0.02 },
            confirm_probability = 0.45,
            change = new Dictionary<string, object>(),
            code = new { kind = "schedule", source = Cooldown },
        },
        new
        {
            hypothesis = "Orthogonalised momentum on the hidden matrices uses the few steps better than AdamW.",
            mechanism = "All directions of a matrix move alike, where Adam follows the few loud ones; the gain is largest early in training.",
            refuted_by = "The mean paired gain stays below 0.005 bits per byte.",
            predicted_effect = new { mean = 0.03, sd = 0.03 },
            confirm_probability = 0.6,
            change = new Dictionary<string, object> { ["optimizer.kind"] = "muon", ["optimizer.lr"] = 0.02 },
        },
        new
        {
            hypothesis = "One deep layer less and its compute in more tokens is the better trade here.",
            mechanism = "At two tokens a parameter the model is short of data, not of depth.",
            refuted_by = "Screening at half the budget is worse.",
            predicted_effect = new { mean = 0.03, sd = 0.03 },
            confirm_probability = 0.5,
            change = new Dictionary<string, object> { ["model.layers"] = 1 },
        },
        new
        {
            hypothesis = "Squared ReLU learns faster than GELU in a model this small.",
            mechanism = "Sparser activations with a steeper slope where they are on.",
            refuted_by = "No paired gain.",
            predicted_effect = new { mean = 0.01, sd = 0.015 },
            confirm_probability = 0.35,
            change = new Dictionary<string, object> { ["model.mlp.kind"] = "relu2" },
        },
    ];

    /// <summary>The answer to a call: the n-th conversation about a proposal gets the n-th entry of the script.</summary>
    public static Func<MessagesCall, ServerReply> Script()
    {
        var conversations = new List<string>();
        return call =>
        {
            var heading = Heading().Match(call.FirstText).Value;
            int ordinal;
            lock (conversations)
            {
                if (!conversations.Contains(heading)) conversations.Add(heading);
                ordinal = conversations.IndexOf(heading);
            }

            return heading.Length == 0 ? ServerReply.Text("There is nothing to say about that.") : Reply(ordinal, call.Turn);
        };
    }

    /// <summary>What is said in a turn of the n-th conversation.</summary>
    public static ServerReply Reply(int ordinal, int turn) => (ordinal, turn) switch
    {
        ( >= 5, _) => ServerReply.Tool("nothing_left", """{"reason": "The script is at its end."}"""),
        (_, 0) => ServerReply.Tools("What is known, and what may be changed?", ("read_findings", "{}"), ("recipe_keys", ordinal % 2 == 0 ? """{"section": "model"}""" : """{"section": "optimizer"}""")),
        _ => ServerReply.Tool("propose_experiment", JsonSerializer.Serialize(Proposals[ordinal]), thinking: "One change whose result teaches something whichever way it goes."),
    };

    [GeneratedRegex(@"^# Proposal (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
