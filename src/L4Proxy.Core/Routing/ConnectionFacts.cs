using System.Net;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing.Matchers;

namespace L4Proxy.Routing;

/// <summary>What is known of a connection when a route is looked for.</summary>
internal readonly struct ConnectionFacts
{
    /// <summary>The real client, after a PROXY header. Null if it has no IP address; then no condition on it holds.</summary>
    public IPAddress? ClientAddress { get; init; }

    /// <summary>The address connected to, of the socket: never one out of a PROXY header. Null if it is no IP address; then no condition on it holds.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>The port connected to; 0 if there is none.</summary>
    public int LocalPort { get; init; }

    /// <summary>The PROXY header that the connection came with, or null.</summary>
    public ProxyHeader? ProxyHeader { get; init; }

    /// <summary>What the first bytes say. The default: none are there yet.</summary>
    public PrefaceInfo Preface { get; init; }

    /// <summary>The first bytes themselves, of a flow its first datagram; over UDP only where <see cref="RouteNeeds.RawBytes"/>.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Whether <see cref="Bytes"/> are a datagram, which is whole.</summary>
    public bool IsDatagram { get; init; }

    /// <summary>Nothing more will come in time: what it would have decided is false.</summary>
    public bool NoMoreBytes { get; init; }

    /// <summary>What the application's matchers have said; null where none was asked.</summary>
    public MatcherAnswers? Answers { get; init; }

    /// <summary>The server name of the hello, or null.</summary>
    public string? ServerName => Preface.ClientHello?.ServerName;

    /// <summary>The host of the plaintext HTTP request, or null.</summary>
    public string? Host => Preface.HttpRequest?.Host;

    /// <summary>In words, what is seen where a name is wanted.</summary>
    public string SeenName => Preface.ClientHello switch
    {
        null => "no TLS",
        { ServerNameInvalid: true } => "what is no name",
        { ServerName: { } name } => name,
        _ => "no name",
    };
}
