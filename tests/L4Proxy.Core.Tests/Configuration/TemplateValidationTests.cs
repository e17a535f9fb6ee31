using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

public class TemplateValidationTests
{
    [Fact]
    public void A_capture_must_come_from_every_pattern_of_every_route_that_leads_there() => AssertErrors(
        Section(
            "{instance}.internal.example.com:80",
            """
            "good": { "ClusterId": "c", "Match": { "Sni": ["{instance}.a.com", "{instance}.{zone}.b.com"] } },
            "some": { "ClusterId": "c", "Match": { "Sni": ["{instance}.a.com", "*.b.com"] } },
            "none": { "ClusterId": "c", "Match": { "Protocols": ["tls"] } },
            "any": { "ClusterId": "c" },
            "http": { "Action": "Http" }
            """),
        [.. new[] { "some", "none", "any" }.Select(route =>
            $"L4Proxy:Clusters:c:Destinations:d:Address: '{{instance}}' must be captured by every 'Sni' pattern of the route '{route}', which leads here.")]);

    [Fact]
    public void A_regular_expression_captures_beside_a_pattern() => AssertValid(Section(
        "{a}.{b}.internal.example.com:80",
        """
        "both": { "ClusterId": "c", "Match": { "Sni": ["{a}.x.com"], "SniRegex": ["(?<b>.*)\\.x\\.com", "(?<b>y).*"] } }
        """));

    [Fact]
    public void A_host_that_the_client_chooses_altogether_is_a_warning() => AssertWarnings(
        Section("{host}:443", """ "r": { "ClusterId": "c", "Match": { "Sni": ["{**host}.x.com"] } } """),
        "L4Proxy:Clusters:c:Destinations:d:Address: The client chooses the end of the host name of '{host}:443', and so reaches any host that this one can.");

    [Fact]
    public void Ports_must_be_right_over_the_whole_range_of_every_endpoint() => AssertErrors(
        Section("db.internal:{port-1000}", """
            "r": { "ClusterId": "c" }, "one": { "ClusterId": "c", "Endpoints": ["low"] }, "shared": { "ClusterId": "c", "Endpoints": ["kestrel"] }
            """),
        "L4Proxy:Clusters:c:Destinations:d:Address: The endpoint 'low' of the route 'r': '{port-1000}' makes -100 to -1 of the ports 900-999 listened on; a port is 1 to 65535.",
        "L4Proxy:Clusters:c:Destinations:d:Address: The endpoint 'low' of the route 'one': '{port-1000}' makes -100 to -1 of the ports 900-999 listened on; a port is 1 to 65535.");

    [Fact]
    public void Ports_that_a_route_does_not_take_are_not_looked_at() => AssertValid(
        Section("db.internal:{port-990}", """ "r": { "ClusterId": "c", "Match": { "LocalPorts": ["995-20000"] } } """));

    [Fact]
    public void A_unix_endpoint_has_no_port() => AssertErrors(
        """
        {
          "Endpoints": { "u": { "Url": "unix:/run/x.sock" } }, "Routes": { "r": { "ClusterId": "c" } },
          "Clusters": { "c": { "Destinations": { "d": { "Address": "db.internal:{port}" } } } }
        }
        """,
        "L4Proxy:Clusters:c:Destinations:d:Address: 'db.internal:{port}' needs the port listened on, and the endpoint 'u' of the route 'r' has none.");

    private static string Section(string address, string routes) => $$"""
        {
          "Endpoints": {
            "low": { "Url": "tcp://*:900-999" }, "high": { "Url": "tcp://*:10000-10099" }, "free": { "Url": "tcp://*:0" }, "kestrel": { "Kestrel": "Https" }
          },
          "Routes": { {{routes}} },
          "Clusters": { "c": { "Destinations": { "d": { "Address": "{{address}}" } } } }
        }
        """;
}
