using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

public class QuicRouteValidationTests
{
    [Theory]
    [InlineData("u", """ "Protocols": ["quic"], "Sni": ["a.test"], "Alpn": ["h3"] """)]
    [InlineData("u", """ "Protocols": ["quic"], "SniRegex": ["a[0-9]"], "TlsVersions": ["1.3"] """)]
    [InlineData("t", """ "Protocols": ["tls"], "Sni": ["a.test"] """)]
    [InlineData("t\", \"u", """ "Protocols": ["tls", "quic"], "Sni": ["a.test"] """)]
    public void A_name_is_TLSs_or_QUICs(string endpoints, string match) => AssertValid(Route(endpoints, match));

    [Theory]
    [InlineData("u", """ "Sni": ["a.test"] """, "Sni: The endpoint 'u' is UDP, where there is no TLS ClientHello to match, unless 'Protocols' is 'quic'.")]
    [InlineData("t\", \"u", """ "Sni": ["a.test"] """, "Sni: The endpoint 'u' is UDP, where there is no TLS ClientHello to match, unless 'Protocols' is 'quic'.")]
    [InlineData("u", """ "Protocols": ["ssh", "quic"] """, "Protocols:0: The endpoint 'u' is UDP, and ssh is spoken over TCP.")]
    [InlineData("t", """ "Protocols": ["ssh", "quic"] """, "Protocols:1: The endpoint 't' is TCP, and quic is spoken over UDP.")]
    [InlineData("t\", \"u", """ "Protocols": ["ssh"] """, "Protocols:0: The endpoint 'u' is UDP, and ssh is spoken over TCP.")]
    [InlineData("t\", \"u", """ "Protocols": ["quic"] """, "Protocols:0: The endpoint 't' is TCP, and quic is spoken over UDP.")]
    public void What_an_endpoint_cannot_carry_is_an_error(string endpoints, string match, string error) =>
        AssertErrors(Route(endpoints, match), $"L4Proxy:Routes:r:Match:{error}");

    private static string Route(string endpoints, string match) => $$"""
        {
          "Endpoints": { "u": { "Url": "udp://*:1" }, "t": { "Url": "tcp://*:1" } },
          "Routes": { "r": { "Endpoints": ["{{endpoints}}"], "ClusterId": "c", "Match": { {{match}} } } },
          "Clusters": { "c": { "Destinations": { "d": { "Address": "10.0.0.1:80" } } } }
        }
        """;
}
