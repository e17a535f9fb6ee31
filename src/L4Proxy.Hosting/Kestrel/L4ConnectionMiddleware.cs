using L4Proxy.Tcp;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Kestrel;

/// <summary>
/// The proxy as connection middleware, for connections that the listener could not take because they are no sockets of ours:
/// TLS that Kestrel has terminated, Unix sockets, named pipes, another transport. It works through Kestrel's pipes, with
/// their limits (see <see cref="ContextTransportConnection"/>).
/// </summary>
internal sealed class L4ConnectionMiddleware(string endpointId, IL4ConnectionGate gate, ConnectionDelegate next)
{
    /// <summary>Serves the connection, or leaves it to what comes next.</summary>
    public Task OnConnectionAsync(ConnectionContext context)
    {
        var isDone = context.Features.Get<HandedOverFeature>()?.EndpointId == endpointId;
        return !isDone && gate.TryClaim(endpointId, out var claim) ? ServeAsync(context, claim) : next(context);
    }

    private async Task ServeAsync(ConnectionContext context, IL4Claim claim)
    {
        var handOver = new HandOverToNext();
        await claim.ServeAsync(new ContextTransportConnection(context), handOver);
        if (!handOver.IsTaken)
            return;
        var transport = context.Transport;
        HandedOver.Prepare(context, handOver.Preface, handOver.Client);
        try
        {
            await next(context);
        }
        finally
        {
            context.Transport = transport;
        }
    }

    /// <summary>Keeps what the proxy hands off until its walk is over: the next middleware then runs in this one's task.</summary>
    private sealed class HandOverToNext : IHttpHandOver
    {
        public bool IsTaken { get; private set; }

        public ReadOnlyMemory<byte> Preface { get; private set; }

        public ClientInfo Client { get; private set; }

        public void HandOver(TransportConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client)
        {
            IsTaken = true;
            Preface = preface.ToArray();
            Client = client;
        }
    }
}
