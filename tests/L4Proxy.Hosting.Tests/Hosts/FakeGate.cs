using System.Diagnostics.CodeAnalysis;
using System.Net;
using L4Proxy.Core.Tests.Transport;
using L4Proxy.Kestrel;
using L4Proxy.Tcp;
using L4Proxy.Transport;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>A proxy that does to each connection it claims what the test says.</summary>
internal sealed class FakeGate : IL4ConnectionGate, IL4Claim
{
    /// <summary>Which listeners are claimed. None to begin with.</summary>
    public Func<KestrelListener, bool> ClaimsListener { get; set; } = _ => false;

    /// <summary>Which ids are claimed in middleware. None to begin with.</summary>
    public Func<string, bool> ClaimsId { get; set; } = _ => false;

    /// <summary>What is done with a claimed connection.</summary>
    public Func<TransportConnection, IHttpHandOver, Task> Walk { get; set; } = HandOver;

    /// <summary>Called before each accept.</summary>
    public Func<ValueTask> Room { get; set; } = () => ValueTask.CompletedTask;

    public string EndpointId { get; set; } = "fake";

    /// <summary>How many connections were claimed.</summary>
    public int Served => _served;

    private int _served;

    /// <summary>Hands over without a look.</summary>
    public static Task HandOver(TransportConnection connection, IHttpHandOver http)
    {
        http.HandOver(connection, [], new ClientInfo { EndPoint = connection.RemoteEndPoint });
        return Task.CompletedTask;
    }

    /// <summary>Reads what comes first, up to <paramref name="count"/> bytes, and hands over.</summary>
    public static Func<TransportConnection, IHttpHandOver, Task> ReadThenHandOver(int count, EndPoint? client = null) => async (connection, http) =>
    {
        var buffer = new byte[count];
        var read = 0;
        while (read < count)
        {
            var result = await connection.ReceiveAsync(buffer.AsMemory(read));
            if (result is { Bytes: 0 } or { Status: not TransportStatus.Ok })
                break;
            read += result.Bytes;
        }
        http.HandOver(connection, buffer.AsSpan(0, read), new ClientInfo { EndPoint = client ?? connection.RemoteEndPoint });
    };

    public void Open()
    {
    }

    public ValueTask WaitForRoomAsync(KestrelListener listener, CancellationToken closing) => Room();

    public bool TryClaim(KestrelListener listener, [NotNullWhen(true)] out IL4Claim? claim)
    {
        claim = ClaimsListener(listener) ? this : null;
        return claim is not null;
    }

    public bool TryClaim(string endpointId, [NotNullWhen(true)] out IL4Claim? claim)
    {
        claim = ClaimsId(endpointId) ? this : null;
        return claim is not null;
    }

    public void Serve(TransportConnection connection, IHttpHandOver httpHandOver) => _ = ServeAsync(connection, httpHandOver);

    public Task ServeAsync(TransportConnection connection, IHttpHandOver httpHandOver)
    {
        Interlocked.Increment(ref _served);
        return Walk(connection, new OfEndpoint(httpHandOver, EndpointId));
    }

    /// <summary>Says which endpoint a connection came to, as the proxy does.</summary>
    private sealed class OfEndpoint(IHttpHandOver http, string id) : IHttpHandOver
    {
        public void HandOver(TransportConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client) =>
            http.HandOver(connection, preface, client with { EndpointId = id });
    }
}
