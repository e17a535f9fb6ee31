using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>Where a route by host or path of plaintext HTTP can hold at all.</summary>
public class HttpRouteValidationTests
{
    [Theory]
    [InlineData(""" "Endpoints": ["t"], "Match": { "Host": ["a.test", "*.b.test", "{x}.c.test", "*", "", "192.0.2.1", "[2001:db8::1]", "2001:db8::2", "b\u00fccher.example"], "Path": ["/", "/a b/", "/\u00e9", "/a%2Fb", "/.well-known/"] } """)]
    [InlineData(""" "Endpoints": ["t"], "Match": { "Ja4": ["t13d1516h2_8daaf6152771_02713d6af862", "q*", "*_8daaf6152771_*"], "Sni": ["a.test"] } """)]
    [InlineData(""" "Endpoints": ["k"], "Match": { "Host": ["a.test"] } """)]
    [InlineData(""" "Endpoints": ["t", "s"], "Match": { "Host": ["a.test"], "Protocols": ["http2"] } """)]
    [InlineData(""" "Endpoints": ["u"], "Match": { "Ja4": ["q*"], "Protocols": ["quic"] } """)]
    public void What_can_hold_is_right(string route) => AssertValid(Section(route));

    [Theory]
    [InlineData(""" "Endpoints": ["t"], "Match": { "Host": ["a.test"], "Sni": ["a.test"] } """, "Host: No connection has both: 'Host' is of plaintext HTTP, 'Sni' of TLS. Make two routes of it.")]
    [InlineData(""" "Endpoints": ["t"], "Match": { "Path": ["/"], "Ja4": ["t*"] } """, "Path: No connection has both: 'Path' is of plaintext HTTP, 'Ja4' of TLS. Make two routes of it.")]
    [InlineData(""" "Endpoints": ["u"], "Match": { "Host": ["a.test"] } """, "Host: The endpoint 'u' is UDP, and plaintext HTTP is spoken over TCP.")]
    [InlineData(""" "Endpoints": ["u"], "Match": { "Path": ["/"] } """, "Path: The endpoint 'u' is UDP, and plaintext HTTP is spoken over TCP.")]
    [InlineData(""" "Endpoints": ["s"], "Match": { "Host": ["a.test"] } """, "Host: It can never hold: a route is chosen before its TLS ends, and the request is inside. There is 'Sni'.")]
    [InlineData(""" "Endpoints": ["t"], "Tls": "Terminate", "Certificate": { "Path": "a.pem" }, "Match": { "Path": ["/"] } """, "Path: It can never hold: a route is chosen before its TLS ends, and the request is inside. There is 'Sni'.")]
    public void What_never_holds_is_an_error(string route, string error) => AssertErrors(Section(route), $"L4Proxy:Routes:r:Match:{error}");

    [Fact]
    public void A_destination_is_made_of_what_every_host_captures()
    {
        AssertValid(Section(""" "Endpoints": ["t"], "Match": { "Host": ["{vm}.a.test", "{vm}.{zone}.b.test"] } """, "{vm}.internal:80"));
        AssertErrors(
            Section(""" "Endpoints": ["t"], "Match": { "Host": ["{vm}.a.test", "*.b.test"] } """, "{vm}.internal:80"),
            "L4Proxy:Clusters:c:Destinations:d:Address: '{vm}' must be captured by every 'Host' pattern of the route 'r', which leads here.");
    }

    private static string Section(string route, string address = "10.0.0.1:80") => $$"""
        {
          "Endpoints": {
            "t": { "Url": "tcp://*:1" }, "u": { "Url": "udp://*:1" }, "s": { "Url": "tls://*:2", "Certificates": [{ "Path": "a.pem" }] }, "k": { "Kestrel": "Http" }
          },
          "Routes": { "r": { "ClusterId": "c", {{route}} } },
          "Clusters": { "c": { "Destinations": { "d": { "Address": "{{address}}" } } } }
        }
        """;
}
