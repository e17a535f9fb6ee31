using System.Diagnostics.CodeAnalysis;
using System.Net;
using L4Proxy.Explaining;
using L4Proxy.ProxyProtocol;

namespace L4Proxy;

/// <summary>A connection or a flow that <see cref="IL4RouteExplainer"/> explains. What is not given is not known: where a route asks for it, the explanation says so.</summary>
public sealed record L4ImaginedConnection
{
    /// <summary>Whether it is UDP.</summary>
    public bool IsUdp { get; init; }

    /// <summary>The endpoint that it comes to.</summary>
    /// <value>An id under <c>L4Proxy:Endpoints</c>. Default: the one that listens on <see cref="Port"/>.</value>
    public string? EndpointId { get; init; }

    /// <summary>The port that it comes to.</summary>
    /// <value>1 to 65535. Default: the first one of <see cref="EndpointId"/>.</value>
    public int? Port { get; init; }

    /// <summary>The address that it comes to. Where several endpoints have the port, it tells them apart.</summary>
    /// <value>Default: that of the endpoint, if it has only one.</value>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>The real client's address: the one in the PROXY header where there is one.</summary>
    /// <value>Default: not known.</value>
    public IPAddress? ClientAddress { get; init; }

    /// <summary>The PROXY header that comes before, for routes that ask what it says; <see cref="ClientAddress"/> is not taken from it.</summary>
    /// <value>Default: none.</value>
    public ProxyHeader? ProxyHeader { get; init; }

    /// <summary>The first bytes of the client: of a stream in pieces of any length, of UDP the first datagrams.</summary>
    /// <value>Default: none; not together with <see cref="Says"/>.</value>
    public IReadOnlyList<ReadOnlyMemory<byte>> FirstBytes { get; init; } = [];

    /// <summary>
    /// What the client says first, by name: <c>sni</c>, <c>alpn</c>, <c>tls</c>, <c>host</c>, <c>path</c>, <c>method</c>, <c>mqtt.clientid</c>,
    /// <c>mqtt.username</c>, <c>mqtt.version</c>, <c>postgres.user</c>, <c>postgres.database</c>, <c>ssh.software</c>, <c>dns.name</c>, <c>dns.type</c>, and
    /// <c>protocol</c> with a name of <c>Match:Protocols</c>. Bytes are made of it, and they are what is explained. Several values are separated by commas.
    /// </summary>
    /// <value>Default: nothing.</value>
    public IReadOnlyDictionary<string, string> Says { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads the text form: <c>tcp 443 sni=db.example.com from=10.1.2.3</c>; docs/configuration.md has all of it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="readFile">Reads a file that the text names, and throws <see cref="IOException"/> where it cannot; null where no files are read.</param>
    /// <param name="connection">The connection; null where the text is wrong.</param>
    /// <param name="error">What is wrong with the text; null where nothing is.</param>
    /// <returns>Whether the text is right.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public static bool TryParse(
        string text, Func<string, ReadOnlyMemory<byte>>? readFile, [NotNullWhen(true)] out L4ImaginedConnection? connection, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ImaginedText.TryParse(text, readFile, out connection, out error);
    }
}
