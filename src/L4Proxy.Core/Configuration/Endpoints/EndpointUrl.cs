using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Addresses;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration;

/// <summary>
/// An endpoint's <c>Url</c>: <c>tcp://host:port</c>, <c>udp://host:port</c>, <c>tls://host:port</c>, <c>unix:/path</c> or
/// <c>fd:NAME</c>.
/// </summary>
internal sealed class EndpointUrl
{
    // sizeof(sockaddr_un.sun_path) is 108 on Linux, 104 on BSD and macOS, with a terminating NUL.
    private const int MaxUnixPathBytes = 103;

    private readonly string _text;

    private EndpointUrl(string text, EndpointScheme scheme) => (_text, Scheme) = (text, scheme);

    /// <summary>What it listens for.</summary>
    public EndpointScheme Scheme { get; }

    /// <summary>On which addresses.</summary>
    public EndpointHost Host { get; private init; }

    /// <summary>The address of <see cref="EndpointHost.Address"/>.</summary>
    public IPAddress? Address { get; private init; }

    /// <summary>The ports of an IP socket.</summary>
    public ListenPorts Ports { get; private init; }

    /// <summary>The path of a Unix domain socket.</summary>
    public string? Path { get; private init; }

    /// <summary>The name of an inherited descriptor.</summary>
    public string? Name { get; private init; }

    /// <summary>Whether it is UDP. All others carry streams.</summary>
    public bool IsUdp => Scheme == EndpointScheme.Udp;

    /// <summary>Whether it is <c>0.0.0.0</c>.</summary>
    public bool IsEveryIPv4 => IPAddress.Any.Equals(Address);

    /// <summary>Whether it is <c>[::]</c>: every IPv4 address as well, unless <c>0.0.0.0</c> is another endpoint's.</summary>
    public bool IsEveryIPv6 => IPAddress.IPv6Any.Equals(Address);

    /// <summary>Of sockets on an address; null is localhost.</summary>
    public static EndpointUrl Of(EndpointScheme scheme, IPAddress? address, ListenPorts ports) => new("", scheme)
    {
        Host = address is null ? EndpointHost.Localhost : EndpointHost.Address,
        Address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address,
        Ports = ports,
    };

    /// <summary>Reads a <c>Url</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EndpointUrl? value, [NotNullWhen(false)] out string? error)
    {
        if (text.StartsWith("unix:", StringComparison.OrdinalIgnoreCase))
            return TryParseUnix(text, out value, out error);
        if (text.StartsWith("fd:", StringComparison.OrdinalIgnoreCase))
            return TryParseFd(text, out value, out error);
        foreach (var scheme in (ReadOnlySpan<EndpointScheme>)[EndpointScheme.Tcp, EndpointScheme.Udp, EndpointScheme.Tls])
        {
            if (text.StartsWith($"{scheme}://", StringComparison.OrdinalIgnoreCase))
                return TryParseIp(text, scheme, out value, out error);
        }

        value = null;
        error = text.StartsWith("http", StringComparison.OrdinalIgnoreCase)
            ? $"{Quote.Text(text)} is HTTP, which Kestrel listens for; name its endpoint with 'Kestrel'."
            : $"{Quote.Text(text)} must start with tcp://, udp://, tls://, unix: or fd:, as in 'tcp://*:1883'.";
        return false;
    }

    /// <summary>Whether both need the same socket.</summary>
    public bool Overlaps(EndpointUrl other)
    {
        if (Host == EndpointHost.None || other.Host == EndpointHost.None)
            return Scheme == other.Scheme && Path == other.Path && Name == other.Name;
        if ((IsEveryIPv4 && other.IsEveryIPv6) || (IsEveryIPv6 && other.IsEveryIPv4))
            return false;
        // Port 0 is another port each time.
        return IsUdp == other.IsUdp && Ports.Low > 0 && other.Ports.Low > 0
            && Ports.Low <= other.Ports.High && other.Ports.Low <= Ports.High
            && SharesAddress(other);
    }

    /// <summary>As the user wrote it.</summary>
    public override string ToString() => _text;

    private bool SharesAddress(EndpointUrl other) =>
        (TakesAll(AddressFamily.InterNetwork) && other.Takes(AddressFamily.InterNetwork))
        || (TakesAll(AddressFamily.InterNetworkV6) && other.Takes(AddressFamily.InterNetworkV6))
        || (other.TakesAll(AddressFamily.InterNetwork) && Takes(AddressFamily.InterNetwork))
        || (other.TakesAll(AddressFamily.InterNetworkV6) && Takes(AddressFamily.InterNetworkV6))
        || Addresses().Intersect(other.Addresses()).Any();

    private bool TakesAll(AddressFamily family) => Host == EndpointHost.Any
        || IsEveryIPv6 || (family == AddressFamily.InterNetwork && IsEveryIPv4);

    private bool Takes(AddressFamily family) => TakesAll(family) || Addresses().Any(address => address.AddressFamily == family);

    private IEnumerable<IPAddress> Addresses() => Host switch
    {
        EndpointHost.Localhost => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        EndpointHost.Address => [Address!],
        _ => [],
    };

    private static bool TryParseUnix(string text, [NotNullWhen(true)] out EndpointUrl? value, [NotNullWhen(false)] out string? error)
    {
        var path = text["unix:".Length..];
        if (path.StartsWith("///", StringComparison.Ordinal))
            path = path[2..];
        if (path.Length < 2 || path[0] != '/' || path[1] == '/' || path.Contains('\0', StringComparison.Ordinal)
            || Encoding.UTF8.GetByteCount(path) > MaxUnixPathBytes)
        {
            value = null;
            error = $"{Quote.Text(text)} must have an absolute path of at most {MaxUnixPathBytes} bytes, as in 'unix:/run/l4proxy.sock'.";
            return false;
        }

        value = new EndpointUrl(text, EndpointScheme.Unix) { Path = path };
        error = null;
        return true;
    }

    private static bool TryParseFd(string text, [NotNullWhen(true)] out EndpointUrl? value, [NotNullWhen(false)] out string? error)
    {
        var name = text["fd:".Length..];
        value = ConfigId.IsValid(name) ? new EndpointUrl(text, EndpointScheme.Fd) { Name = name } : null;
        error = value is null ? $"{Quote.Text(text)} must have the descriptor's name after 'fd:'. {ConfigId.Rule}" : null;
        return value is not null;
    }

    private static bool TryParseIp(
        string text, EndpointScheme scheme, [NotNullWhen(true)] out EndpointUrl? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        var rest = text["tcp://".Length..];
        var colon = rest.LastIndexOf(':');
        if (colon < 0 || rest.EndsWith(']'))
            error = $"{Quote.Text(text)} has no port; write '{scheme.ToString().ToLowerInvariant()}://host:port'.";
        else if (rest.AsSpan().ContainsAny('/', '?', '#'))
            error = $"{Quote.Text(text)} must end with its port.";
        else if (!TryParsePorts(rest[(colon + 1)..], out var ports, out error) || !TryParseHost(rest[..colon], out var host, out var address, out error))
            error = $"{Quote.Text(text)} is wrong: {error}";
        else
            value = new EndpointUrl(text, scheme) { Host = host, Address = address, Ports = ports };
        return value is not null;
    }

    private static bool TryParsePorts(string text, out ListenPorts ports, [NotNullWhen(false)] out string? error)
    {
        ports = default;
        error = null;
        if (text == "0")
            return true;
        if (!PortRange.TryParse(text, out var range, out error))
            return false;
        ports = new ListenPorts(range.Low, range.High);
        return true;
    }

    private static bool TryParseHost(string text, out EndpointHost host, out IPAddress? address, [NotNullWhen(false)] out string? error)
    {
        (host, address, error) = (EndpointHost.Any, null, null);
        if (text == "*")
            return true;
        host = EndpointHost.Localhost;
        if (text.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        host = EndpointHost.Address;
        if (TryParseAddress(text, out address))
            return true;
        error = $"{Quote.Text(text)} is not '*' (every address), 'localhost', an IPv4 address or an '[IPv6]' address.";
        return false;
    }

    private static bool TryParseAddress(string text, out IPAddress? address)
    {
        var bracketed = text.StartsWith('[') && text.EndsWith(']');
        var inner = bracketed ? text[1..^1] : text;
        // A link-local address needs its zone ("[fe80::1%eth0]"), which an address range refuses.
        var zone = bracketed ? inner.IndexOf('%', StringComparison.Ordinal) : -1;
        if (!AddressRange.TryParseAddress(zone < 0 ? inner : inner[..zone], out address)
            || (zone >= 0 && !IPAddress.TryParse(inner, out address))
            || bracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
            return false;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return true;
    }
}
