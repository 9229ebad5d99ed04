using System.Diagnostics;
using System.Text.Json.Nodes;
using Anneal.Lab.Ledger;
using Anneal.Runs;

namespace Anneal.Lab.Providers;

/// <summary>
/// Where a study's calls to a language model are made: remembered, paid for within a hard limit, and tried again where that
/// helps. A call is in the ledger before it is sent and its answer before anybody uses it; what was answered once is never
/// asked again. One desk a sitting, for all conversations; safe for concurrent use.
/// </summary>
internal sealed class ModelDesk
{
    private readonly Ledger.Ledger ledger;
    private readonly string study;
    private readonly ILanguageModel model;
    private readonly CatalogModel entry;
    private readonly double? capUsd;
    private readonly IProgress<StudyEvent>? progress;
    private readonly DeskOptions options;
    private readonly Purse purse;
    private int drifted;
    private ModelException? closed;
    private volatile bool down;

    /// <summary>A desk for one sitting. Calls that an earlier sitting lost in flight are closed as uncertain.</summary>
    /// <param name="ledger">Under our lease.</param>
    /// <param name="study">Study.</param>
    /// <param name="model">Who answers.</param>
    /// <param name="entry">Its price and limits.</param>
    /// <param name="capUsd">Most dollars over all sittings; required of a model that costs something.</param>
    /// <param name="progress">Told of every call.</param>
    /// <param name="options">Patience and thrift; null takes the defaults.</param>
    /// <exception cref="InputException">A paid model without a limit.</exception>
    public ModelDesk(Ledger.Ledger ledger, string study, ILanguageModel model, CatalogModel entry, double? capUsd, IProgress<StudyEvent>? progress, DeskOptions? options = null)
    {
        if (capUsd is null && entry.IsPaid)
            throw new InputException(study, $"would ask {entry.Name}, which costs money, without a limit. Set `budget: {{usd: N}}` in the study's file, or --usd N.");
        (this.ledger, this.study, this.model, this.entry, this.capUsd, this.progress) = (ledger, study, model, entry, capUsd, progress);
        this.options = options ?? new();
        ledger.LoseOpenCalls(study);
        purse = new Purse(capUsd, ledger.ReadCallSummary(study).Usd);
    }

    /// <summary>Who answers.</summary>
    public ILanguageModel Model => model;

    /// <summary>Its price and limits.</summary>
    public CatalogModel Entry => entry;

    /// <summary>Most dollars over all sittings; null: none.</summary>
    public double? CapUsd => capUsd;

    /// <summary>Dollars spent over all sittings, uncertain calls included.</summary>
    public double SpentUsd => purse.Spent;

    /// <summary>Answers that were used though the request was not the recorded one.</summary>
    public int Drifted => drifted + ((model as ReplayModel)?.Drifted ?? 0);

    /// <summary>The answer to a turn: from the ledger, or asked for now.</summary>
    /// <param name="conversation">Conversation: <c>proposal/3</c>.</param>
    /// <param name="turn">Turn, from 0.</param>
    /// <param name="request">All that is said so far.</param>
    /// <param name="cancel">Gives up; a call under way stays charged at the most it can cost.</param>
    /// <exception cref="ModelException">No answer; the ledger holds every attempt.</exception>
    public async Task<ModelReply> AskAsync(string conversation, int turn, ModelRequest request, CancellationToken cancel)
    {
        request = request with { Conversation = conversation, Turn = turn };
        var hash = RequestText.Hash(request);
        if (ledger.FindAnswer(study, conversation, turn) is { } known)
        {
            if (known.RequestHash != hash) Interlocked.Increment(ref drifted);
            var remembered = ReplyJson.Parse(JsonNode.Parse(known.Reply!));
            Tell(new ModelCalled(conversation, Words(known.Provider, remembered.Model), known.Usage, known.Usd, purse.Spent, known.Usage.CacheHitShare));
            return remembered;
        }
        for (var attempt = 1; ; attempt++)
        {
            if (closed is { } why) throw why;
            ThrowIfLostTwice(conversation);
            var (allowed, reserved) = await ReserveAsync(request, cancel);
            try
            {
                var reply = await SendAsync(allowed, hash, reserved, cancel);
                down = false;
                return reply;
            }
            catch (ModelException e)
            {
                if (e.Failure == ModelFailure.Unauthorised) closed = e;
                var wait = WaitAfter(e, attempt);
                Tell(new ModelFaltered(conversation, Words(model.Provider, model.Model), e.Failure, e.Message, wait));
                if (wait is null) throw;
                await Task.Delay(wait.Value, options.Time, cancel);
            }
        }
    }

    private async Task<ModelReply> SendAsync(ModelRequest request, string hash, double reserved, CancellationToken cancel)
    {
        var paid = reserved;
        var clock = Stopwatch.StartNew();
        try
        {
            var call = ledger.AddCall(study, new CallRecord
            {
                Id = 0,
                Conversation = request.Conversation,
                Turn = request.Turn,
                Provider = model.Provider,
                Model = model.Model,
                RequestHash = hash,
                Request = RequestText.Compact(RequestText.News(request)),
                ReservedUsd = reserved,
                Sent = "",
            });
            ModelReply reply;
            try
            {
                reply = await model.AskAsync(request, cancel);
            }
            catch (ModelException e)
            {
                paid = e.Uncertain ? reserved : 0;
                ledger.AddAnswer(call, e.Uncertain ? "uncertain" : "failed", null, $"{e.Failure}: {e.Message}", default, paid, clock.Elapsed.TotalSeconds);
                throw;
            }
            catch (OperationCanceledException)
            {
                ledger.AddAnswer(call, "uncertain", null, "given up while it was under way", default, reserved, clock.Elapsed.TotalSeconds);
                throw;
            }
            paid = entry.Cost(reply.Usage);
            ledger.AddAnswer(call, "answered", RequestText.Compact(ReplyJson.ToJson(reply)), reply.Drifted ? "drifted: the question is not the recorded one" : null, reply.Usage, paid, clock.Elapsed.TotalSeconds);
            Tell(new ModelCalled(request.Conversation, Words(model.Provider, reply.Model), reply.Usage, paid, purse.Spent + paid, reply.Usage.CacheHitShare));
            return reply;
        }
        finally
        {
            purse.Settle(reserved, paid);
        }
    }

    // The most that a call can cost is set aside before it is sent: what is dearer than the purse holds is counted exactly,
    // then waits for the calls under way, then is asked for with fewer tokens.
    private async Task<(ModelRequest Request, double Reserved)> ReserveAsync(ModelRequest request, CancellationToken cancel)
    {
        var input = RequestText.TokensAtMost(request);
        var output = Math.Min(request.MaxTokens, entry.MaxOutput);
        if (input + output > entry.Context || entry.CostAtMost(input, output) > purse.Left)
            input = Math.Min(input, await CountAsync(request, cancel) ?? input);
        if (input + options.LeastTokens > entry.Context)
            throw new ModelException(ModelFailure.TooLarge, $"the request may have {input} tokens; {entry.Name} reads and writes {entry.Context}. Nothing was sent.");
        output = (int)Math.Min(output, entry.Context - input);
        while (true)
        {
            var settlement = purse.NextSettlement;
            var usd = entry.CostAtMost(input, output);
            if (purse.TryReserve(usd)) return (request with { MaxTokens = output }, usd);
            if (settlement is not null)
            {
                await settlement.WaitAsync(cancel);
                continue;
            }
            if (output <= options.LeastTokens)
            {
                var none = new ModelException(ModelFailure.OutOfMoney, $"the next call may cost ${usd:F4}; ${Math.Max(0, purse.Left):F4} of ${capUsd:F2} is left. Nothing was sent.");
                Tell(new ModelFaltered(request.Conversation, Words(model.Provider, model.Model), none.Failure, none.Message, null));
                throw none;
            }
            output = Math.Max(options.LeastTokens, output / 2);
        }
    }

    // The provider's count is an estimate, too.
    private async Task<long?> CountAsync(ModelRequest request, CancellationToken cancel)
    {
        try
        {
            return await model.CountAsync(request, cancel) is { } count ? count + count / 20 + 256 : null;
        }
        catch (ModelException)
        {
            return null;
        }
    }

    private TimeSpan? WaitAfter(ModelException e, int attempt)
    {
        // What may have been paid for is not bought a second time by itself.
        if (e.Uncertain || e.Failure is not (ModelFailure.RateLimited or ModelFailure.Unavailable or ModelFailure.Network)) return null;
        // A provider that was given up on is knocked at once a turn until it answers: a study without a network shall not wait for it.
        if (down || attempt >= options.Attempts)
        {
            down = true;
            return null;
        }
        var own = options.FirstDelay * Math.Pow(2, attempt - 1);
        var wait = own < options.MostDelay ? own : options.MostDelay;
        if (e.RetryAfter is not { } asked) return wait;
        return asked > options.MostRetryAfter ? null : asked > wait ? asked : wait;
    }

    // One call of a conversation may be lost in flight; a conversation that loses another has cost enough.
    private void ThrowIfLostTwice(string conversation)
    {
        var lost = ledger.CountLostCalls(study, conversation);
        if (lost > 1) throw new ModelException(ModelFailure.Network, $"{lost} calls of conversation {conversation} were lost after they were sent; it is not continued.");
    }

    // A recording is never called the model that it is of.
    private static string Words(string provider, string name) => provider == "replay" ? $"replay of {name}" : name;

    private void Tell(StudyEvent what) => progress?.Report(what);
}
