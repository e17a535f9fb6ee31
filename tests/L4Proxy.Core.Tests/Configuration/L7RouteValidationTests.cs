using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>What a route of HTTP requests must say, and what it cannot.</summary>
public class L7RouteValidationTests
{
    private const string Certificate = """ "Certificate": { "Path": "a.pem" } """;

    [Theory]
    [InlineData(""" "Endpoints": ["t"], "Match": { "Sni": ["a.test", "*.b.test", "b\u00fccher.example"] } """)]
    [InlineData(""" "Endpoints": ["t"], "Match": { "Sni": ["*", ""] } """)]
    [InlineData(""" "Endpoints": ["t"], "Match": { "Sni": ["{x}.a.test", "{**x}.b.test"] } """)]
    [InlineData(""" "Endpoints": ["t", "k"], "Match": { "Sni": ["a.test"], "Path": ["/api/", "/x"] } """)]
    [InlineData(""" "Endpoints": ["s"], "Match": { "Sni": ["a.test"], "Path": ["/api/"] } """)]
    [InlineData(""" "Endpoints": ["t", "k", "s"], "Match": { "Sni": ["a.test"] }, """ + Certificate)]
    [InlineData(""" "Endpoints": ["t"], "Match": { "Sni": ["a.test"] }, "Tls": "Terminate", """ + Certificate)]
    [InlineData(""" "Endpoints": ["k"], "Match": { "Sni": ["a.test"], "ClientAddresses": ["10.0.0.0/8"], "Alpn": ["h2"] } """)]
    public void What_can_be_served_is_right(string route) => AssertValid(Section(route));

    [Theory]
    [InlineData("", "Match:Sni: An 'L7' route needs the names that it serves, which are its hosts, too: 'a.example.com', '*.example.com', or '*' for all.")]
    [InlineData(""" "Match": { "Sni": ["a.test"], "SniRegex": ["a.*"] } """, "Match:SniRegex: An 'L7' route is found by names: 'Sni' with 'a.example.com' or '*.example.com'.")]
    [InlineData(""" "Match": { "Sni": ["a.test"], "Host": ["a.test"] } """, "Match:Host: The hosts of an 'L7' route are its 'Sni'.")]
    [InlineData(""" "Endpoints": ["t"], "Tls": "Terminate", "Match": { "Sni": ["a.test"] } """, "Certificate: TLS ends here: the route needs a 'Certificate', or its endpoint 't' 'Certificates'.")]
    public void What_cannot_be_served_is_an_error(string route, string error) => AssertErrors(Section(route), $"L4Proxy:Routes:r:{error}");

    [Fact]
    public void It_leads_to_a_cluster_and_takes_no_datagrams()
    {
        AssertErrors(
            """
            {
              "Endpoints": { "t": { "Url": "tcp://*:1" } }, "Clusters": {},
              "Routes": { "r": { "Mode": "L7", "Action": "Http", "Match": { "Sni": ["a.test"] } } }
            }
            """,
            "L4Proxy:Routes:r:Mode: 'L7' proxies requests to a cluster: leave out 'Action'.");
        AssertErrors(
            Section(""" "Endpoints": ["u"], "Match": { "Sni": ["a.test"] } """),
            "L4Proxy:Routes:r:Mode: The endpoint 'u' is UDP, and HTTP is served over TCP.",
            "L4Proxy:Routes:r:Match:Sni: The endpoint 'u' is UDP, where there is no TLS ClientHello to match, unless 'Protocols' is 'quic'.");
    }

    [Theory]
    [InlineData("""{ "Sni": ["a.test"] }""", """{ "Sni": ["b.test", "A.test"] }""", "a.test")]
    [InlineData("""{ "Sni": ["*.test"] }""", """{ "Sni": ["*.test"] }""", "*.test")]
    [InlineData("""{ "Sni": ["a.test"], "Path": ["/x", "/y"] }""", """{ "Sni": ["a.test"], "Path": ["/y"] }""", "a.test")]
    [InlineData("""{ "Sni": ["a.test"], "Path": ["/"] }""", """{ "Sni": ["a.test"] }""", "a.test")]
    public void Two_routes_of_the_same_requests_are_an_error(string first, string second, string host) => AssertErrors(
        Section($$""" "Match": {{first}} """, more: $$""" , "s": { "Mode": "L7", "ClusterId": "c", "Match": {{second}} } """),
        $"L4Proxy:Routes:s:Match:Sni: The route 'r' has the same host '{host}'; tell them apart by 'Path'.");

    [Theory]
    [InlineData(""" "Match": { "Sni": ["a.test"] } """, """ "Match": { "Sni": ["*.test"] } """)]
    [InlineData(""" "Match": { "Sni": ["a.test"] } """, """ "Match": { "Sni": ["a.test"], "Path": ["/api/"] } """)]
    [InlineData(""" "Match": { "Sni": ["a.test"] } """, """ "Match": { "Sni": ["a.test"], "ClientAddresses": ["10.0.0.0/8"] } """)]
    [InlineData(""" "Endpoints": ["t"], "Match": { "Sni": ["a.test"] } """, """ "Endpoints": ["k"], "Match": { "Sni": ["a.test"] } """)]
    public void Routes_that_something_tells_apart_are_right(string first, string second) =>
        AssertValid(Section(first, more: $$""" , "s": { "Mode": "L7", "ClusterId": "c", {{second}} } """));

    [Theory]
    [InlineData(""" "Http": { "Protocol": "h2" } """, "Http:Protocol: 'h2' is HTTP/2 over TLS, and the cluster has no 'Tls'; without TLS it is 'h2c'.")]
    [InlineData(""" "Http": { "Protocol": "h2c" }, "Tls": {} """, "Http:Protocol: 'h2c' is HTTP/2 without TLS, and the cluster has 'Tls'; with it it is 'h2'.")]
    public void A_protocol_that_is_not_that_of_the_clusters_TLS_is_an_error(string cluster, string error) =>
        AssertErrors(Section(""" "Match": { "Sni": ["a.test"] } """, cluster), $"L4Proxy:Clusters:c:{error}");

    [Theory]
    [InlineData("\"Mode\": \"L4\",", """ "Http": { "Protocol": "h2c" } """, "Clusters:c:Http: It has no effect: no route whose 'Mode' is 'L7' leads here.")]
    [InlineData("", """ "Tls": { "Alpn": ["h2"] } """, "Clusters:c:Tls:Alpn: Requests do not go by it: what they speak is 'Http:Protocol'.")]
    public void What_has_no_effect_is_a_warning(string route, string cluster, string warning) => AssertWarnings(
        Section(route + """ "Match": { "Sni": ["a.test"] } """, cluster, mode: route.Length == 0 ? "\"Mode\": \"L7\"," : ""), $"L4Proxy:{warning}");

    [Fact]
    public void A_certificate_that_no_TLS_of_the_route_ends_with_is_a_warning() => AssertWarnings(
        Section(""" "Endpoints": ["t"], "Tls": "Passthrough", "Match": { "Sni": ["a.test"] }, """ + Certificate),
        "L4Proxy:Routes:r:Certificate: It is ignored: this route does not end TLS. To end it, say 'Tls': 'Terminate'.");

    [Fact]
    public void The_case_of_ids_tells_nothing_apart_where_HTTP_is_served() => AssertErrors(
        Section(""" "Match": { "Sni": ["a.test"] } """, more: """ , "R": { "Mode": "L7", "ClusterId": "c", "Match": { "Sni": ["b.test"] } } """),
        "L4Proxy:Routes:r: The route 'R' is called so, too: where HTTP is served the case of ids tells nothing apart.");

    private static string Section(string route, string cluster = "", string more = "", string mode = "\"Mode\": \"L7\",") => $$"""
        {
          "Endpoints": {
            "t": { "Url": "tcp://*:1" }, "u": { "Url": "udp://*:1" }, "s": { "Url": "tls://*:2", "Certificates": [{ "Path": "a.pem" }] }, "k": { "Kestrel": "Http" }
          },
          "Routes": { "r": { {{mode}} "ClusterId": "c"{{(route.Length > 0 ? "," : "")}} {{route}} } {{more}} },
          "Clusters": { "c": { "Destinations": { "d": { "Address": "10.0.0.1:80" } } {{(cluster.Length > 0 ? "," : "")}} {{cluster}} } }
        }
        """;
}
