using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Addresses;
using L4Proxy.Configuration;
using L4Proxy.Names;

namespace L4Proxy.Destinations;

/// <summary>
/// A destination's <c>Address</c>: <c>host:port</c>, <c>[v6]:port</c>, <c>unix:/path</c>, <c>srv:name</c> or <c>service:name</c>. Labels of the
/// host may be captures of the route's name pattern, and the port may follow the port listened on.
/// </summary>
internal sealed class DestinationAddress
{
    // sizeof(sockaddr_un.sun_path) is 108 on Linux, 104 on BSD and macOS, with a terminating NUL.
    private const int MaxUnixPathBytes = 103;

    private const int MaxServiceName = 512;

    private readonly string _text;
    private readonly DestinationPort _port;
    private readonly HostTemplate? _template;

    private DestinationAddress(string text, DestinationAddressKind kind, string host, DestinationPort port) =>
        (_text, Kind, Host, _port) = (text, kind, host, port);

    private DestinationAddress(string text, HostTemplate host, DestinationPort port)
        : this(text, DestinationAddressKind.Host, host.ToString(), port) => _template = host;

    /// <summary>What it is.</summary>
    public DestinationAddressKind Kind { get; }

    /// <summary>The host name (lower case, ASCII; perhaps with captures), the address, the socket's path, the SRV name or the service's.</summary>
    public string Host { get; }

    /// <summary>The address of <see cref="DestinationAddressKind.Ip"/>.</summary>
    public IPAddress? Address { get; private init; }

    /// <summary>The port if it is a plain number, else null.</summary>
    public int? FixedPort => HasPort && !_port.IsRelative ? _port.Value : null;

    /// <summary>Whether the host or the port depends on the connection.</summary>
    public bool IsTemplate => CaptureNames.Count > 0 || _port.IsRelative;

    /// <summary>The captures that the host names, each once.</summary>
    public IReadOnlyList<string> CaptureNames => _template?.CaptureNames ?? [];

    /// <summary>Whether the host's last label is literal, so that captures cannot lead elsewhere.</summary>
    public bool HasFixedSuffix => _template?.HasFixedSuffix ?? true;

    /// <summary>Whether it is a service, of which each connection draws a host.</summary>
    public bool IsService => Kind is DestinationAddressKind.Srv or DestinationAddressKind.Service;

    private bool HasPort => Kind is DestinationAddressKind.Host or DestinationAddressKind.Ip;

    /// <summary>Reads a destination's address.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out DestinationAddress? value, [NotNullWhen(false)] out string? error)
    {
        if (text.StartsWith("unix:", StringComparison.OrdinalIgnoreCase))
            return TryParseUnix(text, out value, out error);
        if (text.StartsWith("srv:", StringComparison.OrdinalIgnoreCase))
            return TryParseSrv(text, out value, out error);
        if (text.StartsWith("service:", StringComparison.OrdinalIgnoreCase))
            return TryParseService(text, out value, out error);

        value = null;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            error = $"'{text}' must be written without a scheme, as in 'host:port'.";
            return false;
        }

        var colon = text.LastIndexOf(':');
        if (colon <= 0 || text.EndsWith(']'))
        {
            error = $"'{text}' has no port; write 'host:port', '[v6]:port' or 'unix:/path'.";
            return false;
        }

        if (!DestinationPort.TryParse(text.AsSpan(colon + 1), out var port))
        {
            error = $"'{text}' must end in a port of 1 to 65535, '{{port}}', '{{port+N}}' or '{{port-N}}'.";
            return false;
        }

        return TryParseHost(text, text[..colon], port, out value, out error);
    }

    /// <summary>Whether every port of an endpoint leads to one of 1 to 65535.</summary>
    public bool TryCheckPorts(PortRange listened, [NotNullWhen(false)] out string? error)
    {
        error = null;
        return !HasPort || _port.TryCheck(listened, out error);
    }

    /// <summary>The ports that the ports listened on lead to, if they are ports.</summary>
    public ListenPorts? PortsOf(ListenPorts listened) =>
        HasPort && _port.TryResolve(listened.Low, out var low) && _port.TryResolve(listened.High, out var high) ? new(low, high) : null;

    /// <summary>
    /// The host and port for one connection. The error quotes what the client sent only after it was found to consist of
    /// printable ASCII.
    /// </summary>
    /// <param name="captures">What the route's pattern captured.</param>
    /// <param name="localPort">The port that the connection came in on.</param>
    /// <param name="host">A host name or an address's text.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="error">Why there is none.</param>
    public bool TryExpand(
        in RouteCaptures captures, int localPort, [NotNullWhen(true)] out string? host, out int port,
        [NotNullWhen(false)] out string? error)
    {
        host = null;
        port = 0;
        if (!HasPort)
            error = $"'{_text}' has no host and port.";
        else if (!_port.TryResolve(localPort, out port))
            error = $"'{_port}' makes {port} of port {localPort}; a port is 1 to 65535.";
        else if (TryExpandHost(captures, out host, out error))
            return true;
        return false;
    }

    /// <summary>The host name, or the address's text, for one connection.</summary>
    /// <inheritdoc cref="TryExpand"/>
    public bool TryExpandHost(in RouteCaptures captures, [NotNullWhen(true)] out string? host, [NotNullWhen(false)] out string? error)
    {
        if (_template is not null)
            return _template.TryExpand(captures, out host, out error);
        host = HasPort ? Host : null;
        error = host is null ? $"'{_text}' has no host." : null;
        return host is not null;
    }

    /// <summary>As it is for one connection, for people; as the user wrote it where nothing can be made of a template.</summary>
    public string Describe(in RouteCaptures captures, int localPort)
    {
        if (!IsTemplate || !TryExpand(captures, localPort, out var host, out var port, out _))
            return _text;
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
    }

    /// <summary>As the user wrote it.</summary>
    public override string ToString() => _text;

    private static bool TryParseUnix(
        string text, [NotNullWhen(true)] out DestinationAddress? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        var path = text["unix:".Length..];
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal)
            || Encoding.UTF8.GetByteCount(path) > MaxUnixPathBytes)
        {
            error = $"'{text}' must have an absolute path of at most {MaxUnixPathBytes} bytes after 'unix:'.";
            return false;
        }

        value = new DestinationAddress(text, DestinationAddressKind.Unix, path, default);
        error = null;
        return true;
    }

    private static bool TryParseSrv(
        string text, [NotNullWhen(true)] out DestinationAddress? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        var written = text["srv:".Length..];
        if (written.Contains(':', StringComparison.Ordinal))
        {
            error = $"'{text}' must be a name alone, as in 'srv:_mqtt._tcp.example.com': its records say the ports.";
            return false;
        }
        if (!HostName.TryNormalise(written, out var name, out error))
            return false;
        value = new DestinationAddress(text, DestinationAddressKind.Srv, name, default);
        return true;
    }

    /// <summary>What the name is made of is the application's to say.</summary>
    private static bool TryParseService(
        string text, [NotNullWhen(true)] out DestinationAddress? value, [NotNullWhen(false)] out string? error)
    {
        var name = text["service:".Length..];
        value = null;
        error = name.Length is > 0 and <= MaxServiceName && Ascii.IsValid(name) && !name.AsSpan().ContainsAnyInRange('\0', ' ')
            ? null
            : $"'{text}' must have the name of a service after 'service:', as in 'service:_mqtt.broker'.";
        if (error is null)
            value = new DestinationAddress(text, DestinationAddressKind.Service, name, default);
        return error is null;
    }

    private static bool TryParseHost(
        string text, string host, DestinationPort port, [NotNullWhen(true)] out DestinationAddress? value,
        [NotNullWhen(false)] out string? error)
    {
        value = null;
        if (TryParseIp(host, out var address))
        {
            value = new DestinationAddress(text, DestinationAddressKind.Ip, address.ToString(), port) { Address = address };
            error = null;
            return true;
        }

        if (host.AsSpan().ContainsAny("[]:%"))
        {
            error = $"'{text}' does not name a host; an IPv6 address stands in brackets, as in '[2001:db8::1]:443'.";
            return false;
        }

        if (!HostTemplate.TryParse(host, out var name, out error))
            return false;
        value = new DestinationAddress(text, name, port);
        return true;
    }

    private static bool TryParseIp(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        var text = bracketed ? host[1..^1] : host;
        // A link-local destination needs its zone ("[fe80::1%eth0]"), which an address range refuses.
        var zone = bracketed ? text.IndexOf('%', StringComparison.Ordinal) : -1;
        if (!AddressRange.TryParseAddress(zone < 0 ? text : text[..zone], out address)
            || (zone >= 0 && !IPAddress.TryParse(text, out address))
            || bracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
            return false;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return true;
    }
}
