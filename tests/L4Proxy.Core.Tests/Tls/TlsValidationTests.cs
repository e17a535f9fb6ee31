using L4Proxy.Configuration;
using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Tls;

public class TlsValidationTests
{
    private const string Clusters = """ "Clusters": { "c": { "Destinations": { "d": { "Address": "10.0.0.1:80" } } } } """;

    private const string NoEffect = "It has no effect here: no TLS ends at this endpoint. A 'tls://' Url ends it for every route, 'Tls': 'Terminate' for one.";

    [Fact]
    public void A_tls_endpoint_without_a_certificate_is_an_error() => AssertErrors(
        $$"""
        {
          "Endpoints": {
            "alone": { "Url": "tls://*:1" }, "one": { "Url": "tls://*:2" },
            "none": { "Url": "tls://*:3" }, "own": { "Url": "tls://*:4" }, "rejects": { "Url": "tls://*:5" }
          },
          "Routes": {
            "a": { "Endpoints": ["one", "own"], "ClusterId": "c", "Certificate": { "Path": "a.pem" } },
            "b": { "Endpoints": ["one", "none"], "ClusterId": "c", "Certificate": {} },
            "x": { "Endpoints": ["own", "rejects"], "Action": "Reject" }
          }, {{Clusters}}
        }
        """,
        "L4Proxy:Endpoints:alone:Certificates: TLS ends at this endpoint: it needs 'Certificates', or each of its routes a 'Certificate'.",
        "L4Proxy:Endpoints:one:Certificates: TLS ends at this endpoint: it needs 'Certificates', or each of its routes a 'Certificate', and 'b' has none.",
        "L4Proxy:Endpoints:none:Certificates: TLS ends at this endpoint: it needs 'Certificates', or each of its routes a 'Certificate', and 'b' has none.",
        "L4Proxy:Endpoints:rejects:Certificates: TLS ends at this endpoint: it needs 'Certificates', or each of its routes a 'Certificate'.");

    [Fact]
    public void A_route_that_terminates_without_a_certificate_is_an_error() => AssertErrors(
        $$"""
        {
          "Endpoints": {
            "with": { "Url": "tcp://*:1", "Certificates": [{ "Path": "a.pem" }] }, "without": { "Url": "unix:/run/x.sock" }, "shared": { "Kestrel": "Https" }
          },
          "Routes": {
            "a": { "Endpoints": ["with", "without"], "ClusterId": "c", "Tls": "Terminate" },
            "b": { "Endpoints": ["shared"], "ClusterId": "c", "Tls": "Terminate" },
            "own": { "Endpoints": ["shared"], "ClusterId": "c", "Tls": "Terminate", "Certificate": { "Path": "b.pem" } }
          }, {{Clusters}}
        }
        """,
        "L4Proxy:Routes:a:Certificate: TLS ends here: the route needs a 'Certificate', or its endpoint 'without' 'Certificates'.",
        "L4Proxy:Routes:b:Certificate: TLS ends here: the route needs a 'Certificate', or its endpoint 'shared' 'Certificates'.");

    [Fact]
    public void Tls_cannot_end_and_pass_through() => AssertErrors(
        $$"""
        {
          "Endpoints": { "t": { "Url": "tls://*:1", "Certificates": [{ "Path": "a.pem" }] }, "u": { "Url": "udp://*:1" } },
          "Routes": {
            "named": { "Endpoints": ["t"], "ClusterId": "c", "Tls": "Passthrough" }, "everywhere": { "ClusterId": "c", "Tls": "Passthrough" },
            "udp": { "Endpoints": ["u"], "ClusterId": "c", "Tls": "Terminate", "Certificate": { "Path": "a.pem" } }
          }, {{Clusters}}
        }
        """,
        "L4Proxy:Routes:named:Tls: The endpoint 't' ends TLS for every route. To pass it through, listen with 'tcp://'.",
        "L4Proxy:Routes:everywhere:Tls: The endpoint 't' ends TLS for every route. To pass it through, listen with 'tcp://'.",
        "L4Proxy:Routes:udp:Tls: The endpoint 'u' is UDP, and TLS is spoken over TCP.");

    [Fact]
    public void Http_inside_of_tls_on_kestrels_endpoints_is_kestrels() => AssertErrors(
        $$"""
        {
          "Endpoints": { "t": { "Url": "tls://*:1", "Certificates": [{ "Path": "a.pem" }] }, "s": { "Kestrel": "Https", "Certificates": [{ "Path": "a.pem" }] } },
          "Routes": {
            "own": { "Endpoints": ["t"], "Action": "Http" }, "everywhere": { "Action": "Http" }, "passes": { "Endpoints": ["s"], "Action": "Http" },
            "shared": { "Endpoints": ["t", "s"], "Action": "Http", "Tls": "Terminate" }
          }, {{Clusters}}
        }
        """,
        "L4Proxy:Routes:shared:Tls: HTTP on 's' is Kestrel's, which ends its TLS itself.");

    [Fact]
    public void Http_inside_of_tls_needs_a_certificate() => AssertErrors(
        $$"""
        {
          "Endpoints": { "t": { "Url": "tls://*:1" }, "p": { "Url": "tcp://*:2" } },
          "Routes": { "a": { "Endpoints": ["t"], "Action": "Http" }, "b": { "Endpoints": ["p"], "Action": "Http", "Tls": "Terminate" } }, {{Clusters}}
        }
        """,
        "L4Proxy:Endpoints:t:Certificates: TLS ends at this endpoint: it needs 'Certificates', or each of its routes a 'Certificate', and 'a' has none.",
        "L4Proxy:Routes:b:Certificate: TLS ends here: the route needs a 'Certificate', or its endpoint 'p' 'Certificates'.");

    [Fact]
    [Trait("Row", "D8")]
    public void A_certificate_that_is_ignored_is_a_warning() => AssertWarnings(
        $$"""
        {
          "Endpoints": { "p": { "Url": "tcp://*:1" }, "s": { "Kestrel": "Https" }, "t": { "Url": "tls://*:2", "Certificates": [{ "Path": "a.pem" }] } },
          "Routes": {
            "passes": { "Endpoints": ["p"], "ClusterId": "c", "Certificate": { "Path": "a.pem" } },
            "shared": { "Endpoints": ["s"], "ClusterId": "c", "Certificate": { "Path": "a.pem" } },
            "rejects": { "Endpoints": ["t"], "Action": "Reject", "Certificate": { "Path": "a.pem" } },
            "used": { "Endpoints": ["t", "p"], "ClusterId": "c", "Certificate": { "Path": "a.pem" } },
            "empty": { "Endpoints": ["p"], "ClusterId": "c", "Certificate": {}, "Match": { "Sni": ["a"] } }
          }, {{Clusters}}
        }
        """,
        "L4Proxy:Routes:passes:Certificate: It is ignored: this route does not end TLS. To end it, say 'Tls': 'Terminate'.",
        "L4Proxy:Routes:shared:Certificate: It is ignored: this route does not end TLS. To end it, say 'Tls': 'Terminate'.",
        "L4Proxy:Routes:rejects:Certificate: It is ignored: this route does not end TLS. To end it, say 'Tls': 'Terminate'.");

    [Fact]
    public void What_has_no_effect_on_an_endpoint_is_a_warning() => AssertWarnings(
        $$"""
        {
          "Endpoints": {
            "p": {
              "Url": "tcp://*:1", "Certificates": [{ "Path": "a.pem" }], "ClientCertificate": { "Mode": "Required" }, "Alpn": ["h2"], "HandshakeTimeout": "00:00:01"
            },
            "off": { "Url": "tls://*:2", "Certificates": [{ "Path": "a.pem" }], "ClientCertificate": { "Ca": "ca.pem" } },
            "route": { "Url": "tcp://*:3", "Certificates": [{ "Path": "a.pem" }], "HandshakeTimeout": "00:00:01" }
          },
          "Routes": {
            "r": { "Endpoints": ["route"], "ClusterId": "c", "Tls": "Terminate" }, "x": { "Endpoints": ["p"], "Action": "Reject", "Tls": "Terminate" }
          }, {{Clusters}}
        }
        """,
        "L4Proxy:Routes:x:Tls: It has no effect: a connection is rejected before its TLS ends.",
        $"L4Proxy:Endpoints:p:Certificates: {NoEffect}", $"L4Proxy:Endpoints:p:ClientCertificate: {NoEffect}", $"L4Proxy:Endpoints:p:Alpn: {NoEffect}",
        $"L4Proxy:Endpoints:p:HandshakeTimeout: {NoEffect}", "L4Proxy:Endpoints:off:ClientCertificate:Ca: It has no effect while 'Mode' is 'Off'.");

    [Fact]
    public void Paths_of_files_are_given() => AssertErrors(
        $$"""
        {
          "Endpoints": {
            "t": {
              "Url": "tls://*:1", "Certificates": [{}, { "Path": " ", "KeyPath": "" }, { "KeyPath": "a.key", "Path": "a\u0000b" }],
              "ClientCertificate": { "Mode": "Optional", "Ca": "" }
            }
          },
          "Routes": { "r": { "ClusterId": "c", "Certificate": { "Password": "p" } } },
          "Clusters": { "c": { "Destinations": { "d": { "Address": "10.0.0.1:80" } }, "Tls": { "Ca": "", "ClientCertificate": { "KeyPath": "k" } } } }
        }
        """,
        "L4Proxy:Routes:r:Certificate:Path: A certificate needs the path of its file, PEM or PFX.",
        "L4Proxy:Endpoints:t:Certificates:0:Path: A certificate needs the path of its file, PEM or PFX.",
        "L4Proxy:Endpoints:t:Certificates:1:Path: A certificate needs the path of its file, PEM or PFX.",
        "L4Proxy:Endpoints:t:Certificates:1:KeyPath: This is not the path of a file.",
        "L4Proxy:Endpoints:t:Certificates:2:Path: A certificate needs the path of its file, PEM or PFX.",
        "L4Proxy:Endpoints:t:ClientCertificate:Ca: This is not the path of a file.",
        "L4Proxy:Clusters:c:Tls:Ca: This is not the path of a file.",
        "L4Proxy:Clusters:c:Tls:ClientCertificate:Path: A certificate needs the path of its file, PEM or PFX.");

    [Fact]
    public void Lists_are_not_empty_and_alpn_protocols_fit_their_length_byte()
    {
        var tooLong = new string('x', 256);
        AssertErrors(
            $$"""
            {
              "Endpoints": { "t": { "Url": "tls://*:1", "Certificates": [{ "Path": "a.pem" }], "Alpn": ["h2", "", "é", "{{tooLong}}"] }, "p": { "Url": "tcp://*:2", "Certificates": [], "Alpn": [] } },
              "Clusters": {
                "c": { "Destinations": { "d": { "Address": "10.0.0.1:80" } }, "Tls": { "Alpn": [] } },
                "d": { "Destinations": { "d": { "Address": "10.0.0.1:80" } }, "Tls": { "Alpn": ["h2", ""] } }
              }
            }
            """,
            "L4Proxy:Endpoints:p:Certificates: An empty list says nothing. Leave the key out.",
            "L4Proxy:Endpoints:p:Alpn: An empty list says nothing. Leave the key out.",
            "L4Proxy:Clusters:c:Tls:Alpn: An empty list says nothing. Leave the key out.",
            "L4Proxy:Endpoints:t:Alpn:1: '' is not an ALPN protocol: 1 to 255 ASCII characters.",
            "L4Proxy:Endpoints:t:Alpn:2: 'é' is not an ALPN protocol: 1 to 255 ASCII characters.",
            $"L4Proxy:Endpoints:t:Alpn:3: '{tooLong[..128]}...' is not an ALPN protocol: 1 to 255 ASCII characters.",
            "L4Proxy:Clusters:d:Tls:Alpn:1: '' is not an ALPN protocol: 1 to 255 ASCII characters.");
    }

    [Fact]
    public void A_tls_endpoint_needs_its_socket_for_itself() => AssertErrors(
        """{ "Endpoints": { "a": { "Url": "tcp://*:443" }, "b": { "Url": "tls://127.0.0.1:400-500", "Certificates": [{ "Path": "a.pem" }] }, "u": { "Url": "udp://*:443" } } }""",
        "L4Proxy:Endpoints:a:Url: 'tcp://*:443' and 'tls://127.0.0.1:400-500' of the endpoint 'b' listen on the same address and port.");

    [Theory]
    [InlineData("\"a.example.com\"")]
    [InlineData("\"{x}.example.com\"")]
    [InlineData("\"10.0.0.1\"")]
    [InlineData("\"::1\"")]
    public void A_server_name_is_a_name_an_address_or_a_template(string serverName) => AssertValid(Upstream($$"""{ "ServerName": {{serverName}} }"""));

    [Theory]
    [InlineData("", "'' is not a host name: labels of 1 to 63 letters, digits, '-' or '_', 253 characters in all.")]
    [InlineData("a b", "'a b' is not a host name: labels of 1 to 63 letters, digits, '-' or '_', 253 characters in all.")]
    [InlineData("10.1", "'10.1' is neither a host name nor an IP address in its usual form (four numbers of 0 to 255).")]
    [InlineData("a.example.com:443", "'com:443' is not a host name: labels of 1 to 63 letters, digits, '-' or '_', 253 characters in all.")]
    [InlineData("x{x}.example.com", "'x{x}' in 'x{x}.example.com' must be one whole capture, as in '{name}.internal'; a part of a label cannot be one.")]
    [InlineData("{y}.example.com", "'{y}' must be captured by every 'Sni' pattern of the route 'r', which leads here.")]
    public void A_server_name_that_cannot_be_made_is_an_error(string serverName, string error) =>
        AssertErrors(Upstream($$"""{ "ServerName": "{{serverName}}" }"""), $"L4Proxy:Clusters:c:Tls:ServerName: {error}");

    [Fact]
    public void What_weakens_upstream_tls_is_a_warning() => AssertWarnings(
        Upstream("""{ "ServerName": "a.{x}", "SkipVerify": true, "Ca": "ca.pem" }"""),
        "L4Proxy:Clusters:c:Tls:SkipVerify: Any certificate is taken: whoever is on the path can read and change everything.",
        "L4Proxy:Clusters:c:Tls:Ca: It has no effect with 'SkipVerify'.",
        "L4Proxy:Clusters:c:Tls:ServerName: The client chooses the end of 'a.{x}', and so which certificates are taken.");

    [Fact]
    public void Upstream_tls_needs_a_name_to_check_and_a_stream() => AssertErrors(
        """
        {
          "Endpoints": { "u": { "Url": "udp://*:1" } }, "Routes": { "r": { "Endpoints": ["u"], "ClusterId": "udp" } },
          "Clusters": {
            "unix": { "Destinations": { "a": { "Address": "10.0.0.1:1" }, "b": { "Address": "unix:/run/b.sock" } }, "Tls": {} },
            "named": { "Destinations": { "b": { "Address": "unix:/run/b.sock" } }, "Tls": { "ServerName": "b.example.com" } },
            "udp": { "Destinations": { "a": { "Address": "10.0.0.1:1" } }, "Tls": {} }
          }
        }
        """,
        "L4Proxy:Clusters:unix:Tls:ServerName: The destination 'b' is a Unix socket, which has no host name to check; say which one.",
        "L4Proxy:Clusters:udp:Tls: A route of the UDP endpoint 'u' leads here, and TLS is spoken over TCP.");

    [Fact]
    public void A_record_with_a_password_does_not_print_it()
    {
        var config = new L4Endpoint { Certificates = [new L4Certificate { Path = "a.pem", Password = "secret" }] };

        Assert.DoesNotContain("secret", $"{config} {config.Certificates[0]}", StringComparison.Ordinal);
    }

    private static string Upstream(string tls) =>
        $$"""
        {
          "Endpoints": { "e": { "Url": "tcp://*:1" } }, "Routes": { "r": { "ClusterId": "c", "Match": { "Sni": ["{x}.example.org"] } } },
          "Clusters": { "c": { "Destinations": { "d": { "Address": "10.0.0.1:80" } }, "Tls": {{tls}} } }
        }
        """;
}
