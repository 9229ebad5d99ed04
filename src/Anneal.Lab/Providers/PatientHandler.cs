using System.Net;

namespace Anneal.Lab.Providers;

/// <summary>
/// An HTTP handler for answers that take minutes: it waits as long as bytes come (a long thought is kept alive by pings), and
/// gives up once none came for a while. It notes in the <see cref="WireTrace"/> what happened.
/// </summary>
/// <param name="silence">Longest time without a byte.</param>
internal sealed class PatientHandler(TimeSpan silence) : DelegatingHandler(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(20) })
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var trace = WireTrace.Current;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(silence);
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, patience.Token);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            trace?.Sent = true;
            throw new IOException($"no answer began within {silence.TotalSeconds:F0} s", e);
        }
        catch
        {
            trace?.Sent = true;
            throw;
        }
        if (trace is not null)
        {
            (trace.Sent, trace.Status) = (true, response.StatusCode);
            trace.RetryAfter = response.Headers.RetryAfter is { } retry ? retry.Delta ?? retry.Date - DateTimeOffset.UtcNow : null;
            trace.RequestId = response.Headers.TryGetValues("request-id", out var ids) || response.Headers.TryGetValues("x-request-id", out ids) ? ids.First() : null;
        }
        response.Content = new PatientContent(response.Content, silence);
        return response;
    }

    private sealed class PatientContent : HttpContent
    {
        private readonly HttpContent inner;
        private readonly TimeSpan silence;

        public PatientContent(HttpContent inner, TimeSpan silence)
        {
            (this.inner, this.silence) = (inner, silence);
            foreach (var (name, values) in inner.Headers) Headers.TryAddWithoutValidation(name, values);
        }

        protected override async Task<Stream> CreateContentReadStreamAsync() => new PatientStream(await inner.ReadAsStreamAsync(), silence);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await using var source = new PatientStream(await inner.ReadAsStreamAsync(), silence);
            await source.CopyToAsync(stream);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = inner.Headers.ContentLength ?? 0;
            return inner.Headers.ContentLength is not null;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
