using L4Proxy.Peers.Tests.Peers;

namespace L4Proxy.Peers.Tests.Gateways;

/// <summary>Texts of FILE.</summary>
internal static class GatewayJson
{
    /// <summary>A file with an <c>L4Proxy</c> section alone.</summary>
    public static string L4Only(string l4) => $$"""{ "L4Proxy": {{l4}} }""";

    /// <summary>A port that leads to another one.</summary>
    /// <param name="port">It.</param>
    /// <param name="to">Where it leads.</param>
    /// <param name="endpoint">More members of its endpoint <c>in</c>.</param>
    /// <param name="route">More members of its route <c>all</c>.</param>
    /// <param name="cluster">More members of its cluster <c>out</c>.</param>
    public static string TcpPort(int port, int to, string? endpoint = null, string? route = null, string? cluster = null) => L4Only(
        $$"""
        {
          "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" {{More(endpoint)}} } },
          "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "out" {{More(route)}} } },
          "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{to}}" } } {{More(cluster)}} } }
        }
        """);

    /// <summary>One endpoint and one route to one cluster, whose keys are given.</summary>
    public static string OneRoute(string endpoint, string cluster) => L4Only(
        $$"""
        {
          "Endpoints": { "in": { {{endpoint}} } },
          "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "out" } },
          "Clusters": { "out": { {{cluster}} } }
        }
        """);

    /// <summary>The keys of an endpoint at which TLS ends.</summary>
    public static string TlsEndpoint(int port, params ServerCertificate[] certificates) =>
        $$""" "Url": "tls://localhost:{{port}}", "Certificates": [{{string.Join(", ", certificates.Select(c => c.Json))}}] """;

    /// <summary>The keys of an endpoint that takes what comes as it comes.</summary>
    public static string TcpEndpoint(int port) => $$""" "Url": "tcp://localhost:{{port}}" """;

    /// <summary>The keys of a cluster: ports of 127.0.0.1, tried in their order.</summary>
    public static string Cluster(params int[] ports)
    {
        var destinations = ports.Select((port, i) => $$""" "{{(char)('a' + i)}}": { "Address": "127.0.0.1:{{port}}" } """);
        return $$""" "LoadBalancingPolicy": "First", "Destinations": { {{string.Join(", ", destinations)}} } """;
    }

    /// <summary>A port that leads to <paramref name="to"/>, datagrams and connections alike; <paramref name="cluster"/> is more members of its cluster.</summary>
    public static string UdpAndTcpPort(int port, string to, string? cluster = null) => L4Only(
        $$"""
        {
          "Endpoints": { "datagrams": { "Url": "udp://127.0.0.1:{{port}}" }, "connections": { "Url": "tcp://127.0.0.1:{{port}}" } },
          "Routes": { "all": { "Endpoints": ["datagrams", "connections"], "ClusterId": "out" } },
          "Clusters": { "out": { "Destinations": { "a": { "Address": "{{to}}" } } {{More(cluster)}} } }
        }
        """);

    /// <summary>A whole gateway: Kestrel's endpoint <c>Https</c> with YARP behind it, and an <c>L4Proxy</c> section.</summary>
    public static string SharedPort(int port, ServerCertificate certificate, int httpBackend, string l4) =>
        $$"""
        {
          // Comments and trailing commas are allowed, as in appsettings.json.
          "Kestrel": {
            "Endpoints": {
              "Https": {
                "Url": "https://127.0.0.1:{{port}}",
                "Certificate": { "Path": "{{certificate.CertificatePath}}", "KeyPath": "{{certificate.KeyPath}}" }
              }
            }
          },
          "ReverseProxy": {
            "Routes": { "web": { "ClusterId": "web", "Match": { "Path": "{**all}" } } },
            "Clusters": { "web": { "Destinations": { "a": { "Address": "http://127.0.0.1:{{httpBackend}}" } } } }
          },
          "L4Proxy": {{l4}},
        }
        """;

    /// <summary>Members behind others.</summary>
    public static string More(string? members) => members is null ? "" : $", {members}";
}
