using L4Proxy.Limits;
using L4Proxy.Prefaces;

namespace L4Proxy.Routing;

/// <summary>What a route asks for beside a name; of a table, what any of its routes asks for.</summary>
internal readonly struct RouteNeeds
{
    private RouteNeeds(RouteModel route)
    {
        var match = route.Match;
        Protocols = match.Protocols | route.PickedBy;
        RawBytes = match.NeedsRawBytes;
        Addresses = match.NeedsAddresses || route.Firewall != Firewall.Open;
        Ports = match.Ports is not null;
        Http = route.Config.IsHttp;
        EndsTls = route.Config.EndsTls;
    }

    /// <summary>The protocols that first bytes are to be looked at for.</summary>
    public ProtocolSet Protocols { get; private init; }

    /// <summary>Whether there is a condition on the first bytes themselves.</summary>
    public bool RawBytes { get; private init; }

    /// <summary>Whether there is a condition on an address.</summary>
    public bool Addresses { get; private init; }

    /// <summary>Whether there is a condition on the port connected to.</summary>
    public bool Ports { get; private init; }

    /// <summary>Whether it is one of HTTP requests.</summary>
    public bool Http { get; private init; }

    /// <summary>Whether TLS ends.</summary>
    public bool EndsTls { get; private init; }

    /// <summary>Whether first bytes are to be looked at.</summary>
    public bool Bytes => RawBytes || !Protocols.IsEmpty;

    /// <summary>What a route needs.</summary>
    public static RouteNeeds Of(RouteModel route) => new(route);

    /// <summary>What one or the other needs.</summary>
    public static RouteNeeds operator |(RouteNeeds one, RouteNeeds other) => new()
    {
        Protocols = one.Protocols | other.Protocols,
        RawBytes = one.RawBytes || other.RawBytes,
        Addresses = one.Addresses || other.Addresses,
        Ports = one.Ports || other.Ports,
        Http = one.Http || other.Http,
        EndsTls = one.EndsTls || other.EndsTls,
    };
}
