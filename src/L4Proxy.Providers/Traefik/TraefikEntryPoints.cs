using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using L4Proxy.Addresses;
using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>The entry points that are known: those of the options, and those whose names say it. Each that a router is on becomes an endpoint.</summary>
internal sealed class TraefikEntryPoints
{
    private readonly Dictionary<string, Address> _given = [];
    private readonly ImportedConfig _config;

    /// <summary>Reads the options; what is wrong with them is said.</summary>
    public TraefikEntryPoints(L4TraefikOptions options, ImportedConfig config, ImportNotes notes)
    {
        _config = config;
        foreach (var (name, text) in options.EntryPoints ?? new Dictionary<string, string>())
        {
            if (TryParse(name, text ?? "", out var address, out var error))
                _given.Add(name, address);
            else
                notes.Lost($"EntryPoints:{name}", error);
        }
    }

    /// <summary>The names of the options that are of a protocol; what does not say so is TCP.</summary>
    public IEnumerable<string> NamesFor(bool isUdp) => _given.Where(item => item.Value.IsUdp == true == isUdp).Select(item => item.Key);

    /// <summary>Whether there is one of a name, for a protocol.</summary>
    public bool IsKnown(string name, bool isUdp) => Find(name) is { } address && (address.IsUdp ?? isUdp) == isUdp;

    /// <summary>The endpoint of an entry point.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isUdp">The protocol.</param>
    /// <param name="port">The port of it, where it has others, too.</param>
    /// <param name="error">Why there is none.</param>
    public string? EndpointOf(string name, bool isUdp, out string? port, out string error)
    {
        (port, error) = (null, "");
        if (Find(name) is not { } address)
            error = $"There is no entry point '{name}': say where it listens.";
        else if ((address.IsUdp ?? isUdp) != isUdp)
            error = $"The entry point '{name}' is {(isUdp ? "TCP" : "UDP")}.";
        else
            return EndpointOf(name, address, isUdp, out port);
        return null;
    }

    private string EndpointOf(string name, Address address, bool isUdp, out string? port)
    {
        port = null;
        if (!_given.ContainsKey(name) && RangeWith(address, isUdp) is { Key: { } range } found)
        {
            port = address.Ports.ToString();
            (name, address) = (range, found.Value);
        }
        return _config.Endpoint(name, new() { Url = $"{(isUdp ? "udp" : "tcp")}://{address.Host}:{address.Ports}" });
    }

    private KeyValuePair<string, Address> RangeWith(Address one, bool isUdp) =>
        _given.FirstOrDefault(item => item.Value.Ports.Count > 1 && item.Value.Ports.Contains(one.Ports) && (item.Value.IsUdp ?? isUdp) == isUdp);

    private Address? Find(string name)
    {
        if (_given.TryGetValue(name, out var given))
            return given;
        var (isTcp, isUdp) = (name.StartsWith("tcp-", StringComparison.Ordinal), name.StartsWith("udp-", StringComparison.Ordinal));
        return name switch
        {
            "web" => Of(80, isUdp: false),
            "websecure" => Of(443, isUdp: false),
            _ when (isTcp || isUdp) && ushort.TryParse(name.AsSpan("tcp-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 => Of(port, isUdp),
            _ => null,
        };
    }

    private static Address Of(int port, bool isUdp) => new("*", new(port, port), isUdp);

    private static bool TryParse(string name, string text, [NotNullWhen(true)] out Address? address, [NotNullWhen(false)] out string? error)
    {
        address = null;
        var slash = text.LastIndexOf('/');
        var protocol = slash < 0 ? "" : text[(slash + 1)..];
        var rest = slash < 0 ? text : text[..slash];
        var colon = rest.LastIndexOf(':');
        var (host, ports) = colon < 0 ? ("*", rest) : (rest[..colon] is { Length: > 0 } given ? given : "*", rest[(colon + 1)..]);
        if (protocol is not ("" or "tcp" or "udp"))
            error = $"'{text}' is of a protocol that is none: '/tcp' or '/udp'.";
        else if (!PortRange.TryParse(ports, out var range, out error) || !EndpointUrl.TryParse($"tcp://{host}:{ports}", out _, out error))
            error = $"'{text}' is not where an entry point may listen, as '443', '10000-10099' or '127.0.0.1:8080': {error}";
        else
            address = new(host, range, protocol.Length > 0 ? protocol == "udp" : name == "udp" || name.StartsWith("udp-", StringComparison.Ordinal) ? true : null);
        return address is not null;
    }

    private sealed record Address(string Host, PortRange Ports, bool? IsUdp);
}
