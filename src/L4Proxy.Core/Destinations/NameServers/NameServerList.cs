using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Addresses;

namespace L4Proxy.Destinations.NameServers;

/// <summary>The name servers that are asked, in their order; two with the same ones are equal.</summary>
internal sealed class NameServerList : IEquatable<NameServerList>
{
    private const int UsualPort = 53;

    private NameServerList(IReadOnlyList<IPEndPoint> servers) => Servers = servers;

    /// <summary>The system's resolver.</summary>
    public static NameServerList OfSystem { get; } = new([]);

    /// <summary>They; empty for the system's.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; }

    /// <summary>As configured and checked; null or empty is the system's.</summary>
    public static NameServerList From(IReadOnlyList<string>? texts) => texts is null or { Count: 0 } ? OfSystem
        : new([.. texts.Select(text => TryParse(text, out var server, out var error) ? server : throw new ArgumentException(error, nameof(texts)))]);

    /// <summary>Reads <c>address</c>, <c>address:port</c> or <c>[v6]:port</c>. A name would have to be looked up first.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? server, [NotNullWhen(false)] out string? error)
    {
        server = null;
        error = null;
        if (TryParseAddress(text, out var address))
        {
            server = new IPEndPoint(address, UsualPort);
            return true;
        }
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !TryParseAddress(text[..colon], out address) || (address.AddressFamily == AddressFamily.InterNetworkV6 && text[0] != '['))
            error = $"'{text}' is not the address of a name server, as in '10.0.0.53', '10.0.0.53:5353' or '[2001:db8::53]:53'; a name cannot stand here.";
        else if (!PortRange.TryParsePort(text.AsSpan(colon + 1), out var port))
            error = $"'{text}' must end in a port of 1 to 65535, or in none for 53.";
        else
            server = new IPEndPoint(address, port);
        return server is not null;
    }

    /// <inheritdoc/>
    public bool Equals(NameServerList? other) => other is not null && Servers.SequenceEqual(other.Servers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NameServerList);

    /// <inheritdoc/>
    public override int GetHashCode() => Servers.Count == 0 ? 0 : Servers[0].GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Servers);

    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        AddressRange.TryParseAddress(text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text, out address);
}
