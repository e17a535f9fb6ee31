using L4Proxy.Configuration;
using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>Firewalls, PROXY headers, and matches on them.</summary>
public class AdmissionValidationTests
{
    private const string Trusted = """ "ProxyProtocol": { "Mode": "Optional", "Trusted": ["10.0.0.1"] } """;

    [Fact]
    public void Every_wrong_address_is_told() => AssertErrors(
        """
        {
          "Endpoints": { "e": {
            "Url": "tcp://*:1", "Firewall": { "Allow": ["10.0.0.0/8", "10.0.0.1/8"], "Deny": ["unix:"] },
            "ProxyProtocol": { "Mode": "Required", "Trusted": ["unix:", "unix:/a", "here"] }
          } },
          "Routes": { "r": { "Action": "Reject", "Firewall": { "Allow": [], "Deny": [] } } }
        }
        """,
        "L4Proxy:Routes:r:Firewall:Allow: An empty list would match nothing. Leave the key out to match everything.",
        "L4Proxy:Endpoints:e:Firewall:Allow:1: '10.0.0.1/8' has bits set after its prefix; the network would be '10.0.0.0/8'.",
        "L4Proxy:Endpoints:e:Firewall:Deny:0: 'unix:' is not an IP address or a CIDR block such as '10.0.0.0/8' or '2001:db8::/32'.",
        "L4Proxy:Endpoints:e:ProxyProtocol:Trusted:1: 'unix:/a' is not an IP address or a CIDR block such as '10.0.0.0/8' or '2001:db8::/32'.",
        "L4Proxy:Endpoints:e:ProxyProtocol:Trusted:2: 'here' is not an IP address or a CIDR block such as '10.0.0.0/8' or '2001:db8::/32'.");

    [Fact]
    public void A_header_before_datagrams_is_not_read() => AssertErrors(
        $$"""{ "Endpoints": { "e": { "Url": "udp://*:1", {{Trusted}} }, "off": { "Url": "udp://*:2", "ProxyProtocol": "Off" } } }""",
        "L4Proxy:Endpoints:e:ProxyProtocol: The endpoint is UDP, and PROXY headers are read from TCP only.");

    [Fact]
    public void Whoever_trusts_nobody_is_warned() => AssertWarnings(
        """{ "Endpoints": { "r": { "Url": "tcp://*:1", "ProxyProtocol": "Required" }, "o": { "Url": "tcp://*:2", "ProxyProtocol": { "Mode": "Optional", "Trusted": [] } } } }""",
        "L4Proxy:Endpoints:r:ProxyProtocol: 'Trusted' is empty, so that nobody's header is believed and every connection is refused.",
        "L4Proxy:Endpoints:o:ProxyProtocol: 'Trusted' is empty, so that nobody's header is read.");

    [Fact]
    public void Wrong_types_and_empty_lists_are_told() => AssertErrors(
        $$"""
        {
          "Endpoints": { "e": { "Url": "tcp://*:1", {{Trusted}} } },
          "Routes": {
            "a": { "Action": "Reject", "Match": { "ProxyProtocol": { "Authority": [], "Tlvs": { "234": ["a"], "0xEA": [], "0xea": ["b"] } } } }
          }
        }
        """,
        "L4Proxy:Routes:a:Match:ProxyProtocol:Authority: An empty list would match nothing. Leave the key out to match everything.",
        "L4Proxy:Routes:a:Match:ProxyProtocol:Tlvs:0xEA: An empty list would match nothing. Leave the key out to match everything.",
        "L4Proxy:Routes:a:Match:ProxyProtocol:Tlvs:234: '234' is not the type of a TLV: '0x' and two hexadecimal digits, as in '0xEA'.",
        "L4Proxy:Routes:a:Match:ProxyProtocol:Tlvs:0xea: The type is given twice.");

    [Fact]
    public void What_code_leaves_null_is_told()
    {
        var (errors, _) = Validate(new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint>
            {
                ["e"] = new() { Url = "tcp://*:1", Firewall = new() { Deny = [null!] }, ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = [null!] } },
            },
            Routes = new Dictionary<string, L4Route>
            {
                ["r"] = new()
                {
                    Action = L4RouteAction.Reject,
                    Endpoints = [null!],
                    Match = new() { ProxyProtocol = new() { Authority = [null!], Tlvs = new Dictionary<string, IReadOnlyList<string>> { ["0xEA"] = null! } } },
                },
            },
        });

        Assert.Equal(
            [
                "L4Proxy:Endpoints:e:ProxyProtocol:Trusted:0", "L4Proxy:Endpoints:e:Firewall:Deny:0", "L4Proxy:Routes:r:Endpoints:0",
                "L4Proxy:Routes:r:Match:ProxyProtocol:Authority:0", "L4Proxy:Routes:r:Match:ProxyProtocol:Tlvs:0xEA",
            ],
            errors.Select(error => error.Path));
    }

    [Fact]
    public void A_match_where_no_header_is_read_is_warned_of() => AssertWarnings(
        $$"""
        {
          "Endpoints": { "on": { "Url": "tcp://*:1", {{Trusted}} }, "off": { "Url": "tcp://*:2" } },
          "Routes": {
            "off": { "Endpoints": ["off"], "Action": "Reject", "Match": { "ProxyProtocol": {} } },
            "both": { "Endpoints": ["on", "off"], "Action": "Reject", "Match": { "ProxyProtocol": {} } }
          }
        }
        """,
        "L4Proxy:Routes:off:Match:ProxyProtocol: It never holds: no endpoint of the route reads PROXY headers; set its 'ProxyProtocol'.");
}
