using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Prefaces;
using L4Proxy.Routing;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>Short forms for tests of the route table.</summary>
internal static class Routes
{
    public static RouteModel Route(string id, L4Match? match = null, int? order = null) =>
        new() { Id = id, Config = new L4Route { Match = match, Order = order } };

    /// <summary>A route by names; several are separated by blanks. The empty text is TLS without a name.</summary>
    public static RouteModel Sni(string id, string names, int? order = null) =>
        Route(id, new L4Match { Sni = names.Split(' ') }, order);

    public static ConnectionFacts Facts(PrefaceInfo preface = default, string client = "192.0.2.1", string local = "198.51.100.1", int port = 443) =>
        new() { ClientAddress = IPAddress.Parse(client), LocalAddress = IPAddress.Parse(local), LocalPort = port, Preface = preface };

    /// <summary>A TLS client's whole hello; null for no name.</summary>
    public static PrefaceInfo Hello(string? name, params string[] alpn)
    {
        var builder = new Prefaces.HelloBuilder().WithVersions(0x0304, 0x0303);
        if (name is not null)
            builder.WithServerName(name);
        if (alpn.Length > 0)
            builder.WithAlpn(alpn);
        return AllParsers.Inspect(builder.Bytes());
    }

    public static RouteMatch Match(ConnectionFacts facts, params RouteModel[] routes) =>
        RouteTable.Create(routes).Match(facts, noMoreBytes: false);

    /// <summary>The id of the route found, else <c>None</c> or <c>NeedMore</c>.</summary>
    public static string Text(this RouteMatch match) => match.Route?.Id ?? match.Status.ToString();
}
