using System.Net;
using L4Proxy.Addresses;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Api.Live;

/// <summary>Which connections and flows are asked for.</summary>
internal sealed class ConnectionFilter
{
    /// <summary>What may be asked, and what it is.</summary>
    public static readonly IReadOnlyList<(string Name, string Summary)> Queries =
    [
        ("endpoint", "Only those that came in at an endpoint."),
        ("route", "Only those of a route."),
        ("cluster", "Only those to a cluster."),
        ("destination", "Only those to a destination of this id."),
        ("client", "Only those of a client: an address, or a block such as 10.0.0.0/8."),
        ("protocol", "tcp: only connections; udp: only flows."),
        ("sni", "Only those whose TLS asks for this name."),
    ];

    private string? _endpoint;
    private string? _route;
    private string? _cluster;
    private string? _destination;
    private string? _serverName;
    private AddressRange? _client;
    private bool? _isUdp;

    /// <summary>Whether anything is asked.</summary>
    public bool IsEmpty => (_endpoint ?? _route ?? _cluster ?? _destination ?? _serverName) is null && _client is null && _isUdp is null;

    /// <summary>What a request asks for.</summary>
    /// <exception cref="ApiProblem">It is wrong.</exception>
    public static ConnectionFilter Of(ApiCall call) => new()
    {
        _endpoint = call.Query("endpoint"),
        _route = call.Query("route"),
        _cluster = call.Query("cluster"),
        _destination = call.Query("destination"),
        _serverName = call.Query("sni")?.TrimEnd('.'),
        _client = call.Query("client") is not { } client ? null
            : AddressRange.TryParse(client, out var range, out var error) ? range : throw ApiProblem.Bad($"'client' is an address or a block: {error}"),
        _isUdp = call.Query("protocol") switch
        {
            null => null,
            var text when text.Equals("tcp", StringComparison.OrdinalIgnoreCase) => false,
            var text when text.Equals("udp", StringComparison.OrdinalIgnoreCase) => true,
            var text => throw ApiProblem.Bad($"'protocol' is tcp or udp, not {Quote.Text(text)}."),
        },
    };

    public bool Takes(L4SessionInfo session) =>
        Is(_endpoint, session.EndpointId) && Is(_route, session.RouteId) && Is(_cluster, session.ClusterId) && Is(_destination, session.DestinationId)
        && (_isUdp is null || session.IsUdp == _isUdp)
        && (_serverName is null || _serverName.Equals(session.ServerName, StringComparison.OrdinalIgnoreCase))
        && (_client is null || (session.ClientEndPoint is IPEndPoint { Address: var address } && _client.Contains(address)));

    private static bool Is(string? asked, string? value) => asked is null || asked == value;
}
