using System.Diagnostics;
using System.Net;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Tls;

namespace L4Proxy.Tcp;

/// <summary>What was found out about a client before its connection is handed on.</summary>
internal readonly record struct ClientInfo
{
    /// <summary>The endpoint that it came to.</summary>
    public string? EndpointId { get; init; }

    /// <summary>The real client's address; null if there is none to tell.</summary>
    public EndPoint? EndPoint { get; init; }

    /// <summary>What was read of its TLS, if anything.</summary>
    public ClientHello? Hello { get; init; }

    /// <summary>The PROXY header that came first, if one did.</summary>
    public ProxyHeader? ProxyHeader { get; init; }

    /// <summary>What was agreed on with it, where its TLS ends here.</summary>
    public TlsFacts? Tls { get; init; }

    /// <summary>The trace of its connection, where there is one.</summary>
    public ActivityContext? Trace { get; init; }
}
