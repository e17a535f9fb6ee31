namespace L4Proxy.Hosting.Tests.Http;

/// <summary>The configuration of an application with one L7 route at one door.</summary>
internal static class L7Configuration
{
    /// <summary>The only name that the route has.</summary>
    public const string Name = "web.example.com";

    /// <summary>It, in JSON.</summary>
    /// <param name="door">Where it is.</param>
    /// <param name="port">Of 127.0.0.1.</param>
    /// <param name="certificate">Its certificate, an object.</param>
    /// <param name="cluster">The keys of its cluster.</param>
    /// <param name="endpoint">More keys of its endpoint <c>door</c>.</param>
    /// <param name="section">More keys of the section <c>L4Proxy</c>.</param>
    public static string Json(Door door, int port, string certificate, string cluster, string? endpoint = null, string? section = null) =>
        $$"""
        {
          {{(door == Door.Shared ? Kestrel(port, certificate) : "")}}
          "L4Proxy": {
            "Endpoints": { "door": { {{Endpoint(door, port, certificate)}} {{More(endpoint)}} } },
            "Routes": {
              "web": {
                "Endpoints": ["door"], "Mode": "L7", "Match": { "Sni": ["{{Name}}"] }, "ClusterId": "web"
                {{(door == Door.Terminated ? $$""", "Tls": "Terminate", "Certificate": {{certificate}} """ : "")}}
              }
            },
            "Clusters": { "web": { {{cluster}} } }
            {{More(section)}}
          }
        }
        """;

    private static string Kestrel(int port, string certificate) =>
        $$""" "Kestrel": { "Endpoints": { "Https": { "Url": "https://127.0.0.1:{{port}}", "Certificate": {{certificate}} } } }, """;

    private static string Endpoint(Door door, int port, string certificate) => door switch
    {
        Door.Shared => """ "Kestrel": "Https" """,
        Door.Tls => $$""" "Url": "tls://127.0.0.1:{{port}}", "Certificates": [{{certificate}}] """,
        _ => $$""" "Url": "tcp://127.0.0.1:{{port}}" """,
    };

    private static string More(string? keys) => keys is null ? "" : $", {keys}";
}
