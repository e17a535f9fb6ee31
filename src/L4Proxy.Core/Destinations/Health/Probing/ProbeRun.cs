using System.Net;
using L4Proxy.Configuration;
using L4Proxy.ProxyProtocol;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>One probe of one destination: what it is to do, and what it is doing.</summary>
internal sealed class ProbeRun(ClusterModel cluster, DestinationModel destination, TimeProvider time)
{
    /// <summary>What it does.</summary>
    public ActiveCheck Check { get; } = cluster.Check!;

    /// <summary>The cluster.</summary>
    public ClusterModel Cluster => cluster;

    /// <summary>The destination.</summary>
    public DestinationModel Destination => destination;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>What it is about, for people.</summary>
    public string Step { get; set; } = "looking up the name";

    /// <summary>How long the address that is being probed has.</summary>
    public TimeSpan Part { get; set; }

    /// <summary>Whether it begins with a TLS handshake. At an address of its own it is told only by the type.</summary>
    public bool SpeaksTls => Check.Type == L4HealthCheckType.Tls || (Check.Type == L4HealthCheckType.Http && cluster.Tls is not null && !IsElsewhere);

    private bool IsElsewhere => destination.HealthAddress is not null;

    /// <summary>How TLS is made: as for connections, or so that what passes clients' TLS through can be asked.</summary>
    public UpstreamTls Tls => cluster.Tls ?? UnverifiedTls.Instance;

    /// <summary>The name that is asked for; empty where there is none.</summary>
    public string ServerName
    {
        get
        {
            if (Check.ServerName is { } configured)
                return configured;
            if (Tls.TryGetServerName(default, destination.Address, out var name))
                return name;
            return destination.HealthAddress is { } address && UnverifiedTls.Instance.TryGetServerName(default, address, out name) ? name : "";
        }
    }

    /// <summary>The address that it is probed from, as connections are made from there; null is the system's choice, as at an address of its own.</summary>
    public IPAddress? SourceFor(EndPoint endPoint) => IsElsewhere ? null : cluster.DialOptions.From?.NextFor(endPoint.AddressFamily);

    /// <summary>The PROXY header that comes first, saying that the proxy speaks for itself; empty where the cluster wants none, and at an address of its own.</summary>
    public ReadOnlyMemory<byte> HeaderFor(bool isDatagram)
    {
        if (IsElsewhere || cluster.ProxyProtocol is not { Version: { } version })
            return default;
        var header = new ProxyHeader { Version = version == L4ProxyProtocolVersion.V1 ? 1 : 2, IsLocal = true };
        var buffer = new byte[ProxyHeaderWriter.MaxLength(header)];
        return buffer.AsMemory(0, ProxyHeaderWriter.Write(header, isDatagram, buffer));
    }
}
