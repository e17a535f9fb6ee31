using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Validation;
using L4Proxy.Core.Tests.Destinations;

namespace L4Proxy.Core.Tests.Configuration;

public class ConfigValidatorTests
{
    private const string Cluster = """ "Clusters": { "c": { "Destinations": { "d": { "Address": "10.0.0.1:80" } } } } """;

    [Fact]
    public void The_example_of_the_design_is_right()
    {
        var (errors, warnings) = Validate(ConfigReader.ParseFile(Sample.Example, "example.jsonc").Config);

        Assert.Empty(warnings);
        Assert.Empty(errors);
    }

    [Fact]
    public void Everything_that_is_built_is_valid()
    {
        AssertValid("""
            {
              "Transport": "Managed", "Reactors": 0, "MaxConnections": 100, "ShutdownTimeout": "00:00:00",
              "AccessLog": { "Enabled": true, "Sampling": 0.5, "MaxPerSecond": 10 },
              "Dns": { "Servers": [], "RefreshInterval": "00:01:00", "Timeout": "00:00:01" },
              "Endpoints": {
                "own": {
                  "Url": "tcp://*:1883", "PrefaceTimeout": "00:00:01", "MaxPrefaceBytes": 64, "Backlog": 1, "ReusePort": true,
                  "KeepAlive": "00:00:00", "ReceiveBuffer": 4096, "SendBuffer": 4096, "DrainTimeout": "00:00:00",
                  "ProxyProtocol": { "Mode": "Required", "Trusted": ["10.0.0.0/8", "2001:db8::1", "unix:"] }, "Limits": {},
                  "Firewall": { "Allow": ["10.0.0.0/8"], "Deny": ["10.6.6.6"] }, "ClientCertificate": { "Mode": "Off" }
                },
                "tls": {
                  "Url": "tls://*:8883-8884", "Certificates": [{ "Path": "a.pem", "KeyPath": "a.key", "Password": "p" }, { "Path": "b.pfx" }],
                  "ClientCertificate": { "Mode": "Optional", "Ca": "ca.pem" }, "Alpn": ["mqtt"], "HandshakeTimeout": "00:00:03"
                },
                "unix": { "Url": "unix:/run/x.sock", "ProxyProtocol": "Off" }, "dns": { "Url": "udp://*:53", "Limits": { "MaxSessions": 10 } }, "free": { "Url": "tcp://127.0.0.1:0" }, "shared": { "Kestrel": "Https" }, "code": {}
              },
              "Routes": {
                "r": {
                  "Endpoints": ["own", "shared"], "ClusterId": "c", "Action": "Proxy", "Order": -5, "Mode": "L4", "Tls": "Passthrough",
                  "Match": {
                    "Sni": ["a.example.com", "*.example.com", "{x}.example.org", "*", ""], "SniRegex": ["(?<x>.+)\\.example\\.net"],
                    "Alpn": ["h2"], "TlsVersions": [1.2, "1.3"], "Protocols": ["tls", "http", "ssh"],
                    "ClientAddresses": ["10.0.0.0/8", "::1"], "LocalAddresses": ["192.0.2.1"], "LocalPorts": [443, "8000-8099"],
                    "ProxyProtocol": { "Authority": ["*.example.com"], "Tlvs": { "0xEA": ["*vpce-1"], "0x02": ["a", "b*"] } }
                  },
                  "Timeouts": { "Connect": "00:00:01", "Idle": "00:00:00", "HalfClosed": "00:00:00", "MaxLifetime": "00:00:00" },
                  "Metadata": { "any key: at all": "" }, "Certificate": {}, "Firewall": { "Deny": [] }, "Limits": {}, "Throttle": {}
                },
                "u": { "Endpoints": ["dns"], "ClusterId": "d" },
                "t": { "Endpoints": ["tls"], "ClusterId": "secure", "Match": { "Sni": ["{x}.example.org"] } },
                "s": { "Endpoints": ["shared"], "ClusterId": "c", "Tls": "Terminate", "Certificate": { "Path": "c.pem" } },
                "h": { "Endpoints": ["own"], "Action": "Http", "Match": {} }, "x": { "Action": "Reject", "RejectWith": "Close", "Match": { "Schedule": {}, "Custom": {} } }
              },
              "Clusters": {
                "c": {
                  "Destinations": { "a": { "Address": "[::1]:80", "Weight": 0, "Enabled": false, "Backup": false }, "b": { "Address": "unix:/run/y.sock" } },
                  "LoadBalancingPolicy": "roundrobin", "Timeouts": {}, "Retry": { "MaxAttempts": 1 }, "DrainTimeout": "1.00:00:00", "SlowStart": "00:00:10",
                  "HealthCheck": { "Active": { "Enabled": false, "Interval": "00:00:01" }, "Passive": { "Enabled": false } },
                  "ProxyProtocol": {}, "Http": {}, "Udp": {}, "Socket": {}, "Metadata": { "k": "v" }
                },
                "d": {
                  "Destinations": { "a": { "Address": "10.0.0.53:53" } },
                  "Udp": { "Responses": 1, "MaxDatagram": 1232, "Affinity": "SourceIp" }
                },
                "secure": {
                  "Destinations": { "a": { "Address": "{x}.internal:443" } }, "Timeouts": { "TlsHandshake": "00:00:01" },
                  "Tls": { "ServerName": "{x}.example.com", "Ca": "ca.pem", "ClientCertificate": { "Path": "d.pem" }, "SkipVerify": false, "Alpn": ["mqtt"] }
                },
                "plainTls": { "Destinations": { "a": { "Address": "10.0.0.1:443" } }, "Tls": {} },
                "unused": { "Destinations": { "a": { "Address": "a.{nobody}.internal.example.com:{port}" } } }
              }
            }
            """);
    }

    [Fact]
    public void Nothing_at_all_is_valid() => AssertValid("{}");

    [Theory]
    [InlineData("-a")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("@a")]
    public void A_wrong_id_of_any_kind_is_an_error(string id)
    {
        const string Rule = "An id has 1 to 128 characters: ASCII letters, digits, '-', '_', '.' and '@', the first a letter or a digit.";
        AssertErrors(
            $$"""
            {
              "Endpoints": { "{{id}}": { "Url": "tcp://*:1" } }, "Routes": { "{{id}}": { "ClusterId": "{{id}}" } },
              "Clusters": { "{{id}}": { "Destinations": { "{{id}}": { "Address": "a:1" } } } }
            }
            """,
            $"L4Proxy:Endpoints:{id}: {Rule}", $"L4Proxy:Routes:{id}: {Rule}", $"L4Proxy:Clusters:{id}: {Rule}",
            $"L4Proxy:Clusters:{id}:Destinations:{id}: {Rule}");
    }

    [Fact]
    public void An_id_may_have_128_characters_and_no_more()
    {
        AssertValid($$"""{ "Endpoints": { "a{{new string('.', 127)}}": {} } }""");
        Assert.Single(Validate(Sample.AssertErrors($$"""{ "Endpoints": { "a{{new string('.', 128)}}": {} } }""")).Errors);
    }

    [Theory]
    [InlineData("MaxConnections", "-1", "'-1' is out of range: 0 to 10000000.")]
    [InlineData("ShutdownTimeout", "\"-00:00:01\"", "'-00:00:01' is out of range: 00:00:00 to 1.00:00:00.")]
    [InlineData("AccessLog", """{ "Sampling": 1.5 }""", "'1.5' is out of range: 0 to 1.", ":Sampling")]
    [InlineData("AccessLog", """{ "MaxPerSecond": 0 }""", "'0' is out of range: 1 to 1000000.", ":MaxPerSecond")]
    [InlineData("Dns", """{ "Timeout": "00:00:00" }""", "'00:00:00' is out of range: 00:00:00.001 to 00:01:00.", ":Timeout")]
    [InlineData("Endpoints", """{ "e": { "MaxPrefaceBytes": 63 } }""", "'63' is out of range: 64 to 65536.", ":e:MaxPrefaceBytes")]
    [InlineData("Endpoints", """{ "e": { "Url": "tcp://*:1", "KeepAlive": "00:00:00.5" } }""",
        "'00:00:00.5' is out of range: 00:00:01 to 09:06:07, or 00:00:00 for off.", ":e:KeepAlive")]
    public void A_value_out_of_its_range_is_an_error(string key, string value, string message, string below = "") =>
        AssertErrors($$"""{ "{{key}}": {{value}} }""", $"L4Proxy:{key}{below}: {message}");

    [Fact]
    public void What_code_can_do_wrong_and_a_file_cannot_is_an_error()
    {
        var config = new L4Config
        {
            Transport = (L4TransportKind)7,
            AccessLog = new() { Sampling = double.NaN },
            Endpoints = new Dictionary<string, L4Endpoint> { ["e"] = null! },
            Routes = new Dictionary<string, L4Route> { ["r"] = new() { Action = L4RouteAction.Http, Match = new() { Sni = [null!] }, Endpoints = [null!] } },
            Clusters = new Dictionary<string, L4Cluster> { ["c"] = new() { Destinations = new Dictionary<string, L4Destination> { ["d"] = null! } } },
        };

        Assert.Equal(
            [
                "L4Proxy:Transport: '7' is not one of Auto, Managed, Linux.",
                "L4Proxy:AccessLog:Sampling: 'NaN' is out of range: 0 to 1.",
                "L4Proxy:Endpoints:e: There is null here; leave it out.",
                "L4Proxy:Routes:r:Endpoints:0: There is null here; leave it out.",
                "L4Proxy:Routes:r:Match:Sni:0: There is null here; leave it out.",
                "L4Proxy:Clusters:c:Destinations:d: There is null here; leave it out.",
            ],
            Validate(config).Errors.Select(error => error.ToString()));
    }

    [Theory]
    [InlineData("Sni")]
    [InlineData("SniRegex")]
    [InlineData("Alpn")]
    [InlineData("TlsVersions")]
    [InlineData("Protocols")]
    [InlineData("ClientAddresses")]
    [InlineData("LocalAddresses")]
    [InlineData("LocalPorts")]
    [InlineData("Ja4")]
    [InlineData("AnyOf")]
    [InlineData("Bytes")]
    public void An_empty_list_in_a_match_is_an_error(string key) => AssertErrors(
        $$"""{ "Endpoints": { "e": { "Url": "tcp://*:1" } }, "Routes": { "r": { "Action": "Http", "Match": { "{{key}}": [] } } } }""",
        $"L4Proxy:Routes:r:Match:{key}: An empty list would match nothing. Leave the key out to match everything.");

    [Fact]
    public void An_empty_list_of_endpoints_is_an_error() => AssertErrors(
        """{ "Routes": { "r": { "Action": "Http", "Endpoints": [] } } }""",
        "L4Proxy:Routes:r:Endpoints: An empty list would match nothing. Leave the key out to match everything.");

    [Fact]
    public void A_reference_to_nothing_names_the_nearest() => AssertErrors(
        """
        {
          "Endpoints": { "mqtt": { "Url": "tcp://*:1" } },
          "Routes": { "a": { "Endpoints": ["mqtt", "mqt"], "ClusterId": "Broker" }, "b": { "ClusterId": "xyzzy" } },
          "Clusters": { "broker": { "Destinations": { "d": { "Address": "10.0.0.1:80" } } } }
        }
        """,
        "L4Proxy:Routes:a:Endpoints:1: There is no endpoint 'mqt', did you mean 'mqtt'?",
        "L4Proxy:Routes:a:ClusterId: There is no cluster 'Broker', did you mean 'broker'?",
        "L4Proxy:Routes:b:ClusterId: There is no cluster 'xyzzy'.");

    [Fact]
    public void What_a_route_does_must_fit_together() => AssertErrors(
        $$"""
        {
          "Endpoints": { "e": { "Url": "tcp://*:1" } },
          "Routes": {
            "none": {}, "both": { "Action": "Http", "ClusterId": "c" }, "reject": { "Action": "Reject", "ClusterId": "c" },
            "with": { "ClusterId": "c", "RejectWith": "Close" }
          },
          {{Cluster}}
        }
        """,
        "L4Proxy:Routes:none:ClusterId: The route needs a cluster to proxy to, or another 'Action'.",
        "L4Proxy:Routes:both:ClusterId: A route whose 'Action' is 'Http' leads to no cluster.",
        "L4Proxy:Routes:reject:ClusterId: A route whose 'Action' is 'Reject' leads to no cluster.",
        "L4Proxy:Routes:with:RejectWith: Only a route whose 'Action' is 'Reject' has it.");

    [Fact]
    public void What_has_no_effect_on_who_is_picked_is_a_warning() => AssertWarnings(
        """
        {
          "Endpoints": { "e": { "Url": "tcp://*:1" } },
          "Routes": { "a": { "ClusterId": "a", "Match": { "LocalPorts": ["1"] } }, "b": { "ClusterId": "b" } },
          "Clusters": {
            "a": { "LoadBalancingPolicy": "maglev", "SlowStart": "00:00:10", "Destinations": { "d": { "Address": "10.0.0.1:80", "Weight": 0 }, "off": { "Address": "10.0.0.2:80", "Enabled": false } } },
            "b": { "HashOn": "Sni", "HashBalanceFactor": 120, "SlowStart": "00:00:10", "Destinations": { "d": { "Address": "10.0.0.1:80" } } }
          }
        }
        """,
        "L4Proxy:Clusters:a:Destinations: Each has weight 0 or is not enabled: none takes a connection.",
        "L4Proxy:Clusters:a:SlowStart: The policy is maglev, which goes by no weight that rises: it has no effect.",
        "L4Proxy:Clusters:b:HashOn: The policy is PowerOfTwoChoices, which hashes nothing: it has no effect.",
        "L4Proxy:Clusters:b:HashBalanceFactor: The policy is PowerOfTwoChoices, which hashes nothing: it has no effect.");

    [Fact]
    public void Probes_over_TCP_of_what_is_UDP_alone_are_a_warning_where_nobody_has_asked_for_them() => AssertWarnings(
        """
        {
          "Endpoints": { "u": { "Url": "udp://*:1" }, "t": { "Url": "tcp://*:1" } },
          "Routes": { "a": { "Endpoints": ["u"], "ClusterId": "a" }, "b": { "Endpoints": ["u"], "ClusterId": "b" }, "c": { "Endpoints": ["u"], "ClusterId": "c" },
                      "d": { "Endpoints": ["u", "t"], "ClusterId": "d" } },
          "Clusters": {
            "a": { "HealthCheck": { "Active": { "Enabled": true } }, "Destinations": { "d": { "Address": "10.0.0.1:80" } } },
            "b": { "HealthCheck": { "Active": { "Enabled": true, "Type": "Tcp" } }, "Destinations": { "d": { "Address": "10.0.0.1:80" } } },
            "c": { "HealthCheck": { "Active": { "Enabled": true } }, "Destinations": { "d": { "Address": "10.0.0.1:80", "HealthAddress": "10.0.0.1:81" } } },
            "d": { "HealthCheck": { "Active": { "Enabled": true } }, "Destinations": { "d": { "Address": "10.0.0.1:80" } } }
          }
        }
        """,
        "L4Proxy:Clusters:a:HealthCheck:Active:Type: Only UDP routes lead here, and probes connect over TCP: say 'Udp', or 'Tcp' if that is meant.");

    [Fact]
    public void A_route_that_applies_nowhere_is_a_warning() => AssertWarnings(
        $$"""{ "Endpoints": { "k": { "Kestrel": "Https" } }, "Routes": { "r": { "ClusterId": "c" } }, {{Cluster}} }""",
        "L4Proxy:Routes:r: The route applies nowhere: it names no endpoint, and there is no TCP endpoint with a 'Url'.");

    [Theory]
    [InlineData("Sni", "a..b")]
    [InlineData("Sni", "a.*.example.com")]
    [InlineData("SniRegex", "(")]
    [InlineData("SniRegex", "(?=a)")]
    [InlineData("Alpn", "")]
    [InlineData("TlsVersions", "TLS1.2")]
    [InlineData("Protocols", "htp")]
    [InlineData("ClientAddresses", "10.0.0.1/8")]
    [InlineData("LocalAddresses", "localhost")]
    [InlineData("LocalPorts", "0")]
    [InlineData("LocalPorts", "20-10")]
    [InlineData("Host", "a..b")]
    [InlineData("Host", "a.*.example.com")]
    [InlineData("Host", "a.test:80")]
    [InlineData("Host", "127.1")]
    [InlineData("Host", "*.2.1")]
    [InlineData("Path", "a")]
    [InlineData("Path", "")]
    [InlineData("Path", "/a/*")]
    [InlineData("Path", "/a?b")]
    [InlineData("Path", "/a%20b")]
    [InlineData("Path", "/a/../b")]
    [InlineData("Ja4", "")]
    [InlineData("Ja4", "t13d1516h2_8daaf6152771_02713d6af86")]
    [InlineData("Ja4", "t13d1516h2-8daaf6152771-*")]
    public void A_text_of_a_match_that_has_no_meaning_is_an_error(string key, string text)
    {
        var config = Sample.AssertErrors($$"""
            { "Endpoints": { "e": { "Url": "tcp://*:1" } }, "Routes": { "r": { "Action": "Http", "Match": { "{{key}}": ["{{text}}"] } } } }
            """);

        var error = Assert.Single(Validate(config).Errors);

        Assert.Equal($"L4Proxy:Routes:r:Match:{key}:0", error.Path);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_protocol_or_policy_is_told_from_one_to_come() => AssertErrors(
        """
        {
          "Endpoints": { "e": { "Url": "tcp://*:1" } },
          "Routes": { "r": { "Action": "Http", "Match": { "Protocols": ["http3", "sshh", "mysql"] } } },
          "Clusters": {
            "a": { "LoadBalancingPolicy": "maglev", "HashBalanceFactor": 100, "Destinations": { "d": { "Address": "10.0.0.1:80" } } },
            "b": { "LoadBalancingPolicy": "RoundRobbin", "Destinations": { "d": { "Address": "10.0.0.1:80" } } }
          }
        }
        """,
        "L4Proxy:Routes:r:Match:Protocols:0: There is no protocol 'http3', did you mean 'http'?",
        "L4Proxy:Routes:r:Match:Protocols:1: There is no protocol 'sshh', did you mean 'ssh'?",
        "L4Proxy:Routes:r:Match:Protocols:2: The protocol 'mysql' cannot be told apart: its server speaks first, with a salt of its own for the log-in that follows, and nobody can do so in its place. Give it an endpoint of its own.",
        "L4Proxy:Clusters:a:HashBalanceFactor: 100 percent of its part would leave connections without a destination: 101 or more, or 0 for off.",
        "L4Proxy:Clusters:b:LoadBalancingPolicy: There is no policy 'RoundRobbin'; there are PowerOfTwoChoices, RoundRobin, LeastConnections, Random, First, Hash, Maglev, did you mean 'RoundRobin'?");

    [Fact]
    public void A_cluster_leads_somewhere() => AssertErrors(
        """
        {
          "Clusters": {
            "none": {}, "empty": { "Destinations": {} },
            "bad": { "Destinations": { "a": {}, "b": { "Address": "host" }, "c": { "Address": "service:a b" } } }
          }
        }
        """,
        "L4Proxy:Clusters:bad:Destinations:a:Address: A destination needs an address, as in 'host:port'.",
        "L4Proxy:Clusters:bad:Destinations:b:Address: 'host' has no port; write 'host:port', '[v6]:port' or 'unix:/path'.",
        "L4Proxy:Clusters:bad:Destinations:c:Address: 'service:a b' must have the name of a service after 'service:', as in 'service:_mqtt.broker'.",
        "L4Proxy:Clusters:none:Destinations: A cluster needs at least one destination.",
        "L4Proxy:Clusters:empty:Destinations: A cluster needs at least one destination.");

    [Fact]
    public void Name_servers_are_addresses() => AssertErrors(
        """
        {
          "Dns": { "Servers": ["10.0.0.53", "10.0.0.53:5353", "::1", "[::1]", "[::1]:5353", "ns.example.com"] },
          "Clusters": {
            "c": { "Destinations": { "a": { "Address": "srv:_x._tcp.example.com" } }, "Dns": { "Servers": ["10.0.0.53:0", "", "1.2.3:53", "::1:5353x"], "Timeout": "00:02:00" } }
          }
        }
        """,
        "L4Proxy:Clusters:c:Dns:Timeout: '00:02:00' is out of range: 00:00:00.001 to 00:01:00.",
        "L4Proxy:Dns:Servers:5: 'ns.example.com' is not the address of a name server, as in '10.0.0.53', '10.0.0.53:5353' or '[2001:db8::53]:53'; a name cannot stand here.",
        "L4Proxy:Clusters:c:Dns:Servers:0: '10.0.0.53:0' must end in a port of 1 to 65535, or in none for 53.",
        "L4Proxy:Clusters:c:Dns:Servers:1: '' is not the address of a name server, as in '10.0.0.53', '10.0.0.53:5353' or '[2001:db8::53]:53'; a name cannot stand here.",
        "L4Proxy:Clusters:c:Dns:Servers:2: '1.2.3:53' is not the address of a name server, as in '10.0.0.53', '10.0.0.53:5353' or '[2001:db8::53]:53'; a name cannot stand here.",
        "L4Proxy:Clusters:c:Dns:Servers:3: '::1:5353x' is not the address of a name server, as in '10.0.0.53', '10.0.0.53:5353' or '[2001:db8::53]:53'; a name cannot stand here.");

    [Fact]
    public void Further_checks_take_part()
    {
        var errors = new List<L4ConfigError>();
        var warnings = new List<L4ConfigError>();

        ConfigValidator.Validate(new L4Config(), errors, warnings, [new Complaint()]);

        Assert.Equal([new("L4Proxy", "an error")], errors);
        Assert.Equal([new("L4Proxy", "a warning")], warnings);
    }

    [Fact]
    public void Paths_start_with_the_section_that_was_read()
    {
        var errors = new List<L4ConfigError>();

        ConfigValidator.Validate(Sample.AssertErrors("""{ "Clusters": { "c": {} } }"""), errors, [], rootPath: "Tenants:One");

        Assert.Equal("Tenants:One:Clusters:c:Destinations", Assert.Single(errors).Path);
    }

    [Fact]
    public void The_list_of_errors_is_bounded()
    {
        var clusters = string.Join(',', Enumerable.Range(0, 3000).Select(i => $$"""
            "cluster-{{i}}": { "Destinations": { "d": { "Address": "10.0.0.1:80" } } }
            """));
        var routes = string.Join(',', Enumerable.Range(0, 3000).Select(i => $$"""
            "r{{i}}": { "ClusterId": "klaster-{{i}}" }
            """));

        var (errors, warnings) = Validate(Sample.AssertErrors($$"""{ "Routes": { {{routes}} }, "Clusters": { {{clusters}} } }"""));

        Assert.Equal(1001, errors.Count);
        Assert.Equal(1001, warnings.Count);
    }

    internal static (IReadOnlyList<L4ConfigError> Errors, IReadOnlyList<L4ConfigError> Warnings) Validate(L4Config config)
    {
        var errors = new List<L4ConfigError>();
        var warnings = new List<L4ConfigError>();
        ConfigValidator.Validate(config, errors, warnings, [new LoadBalancingPolicyCheck(TestPolicies.With())]);
        return (errors, warnings);
    }

    internal static void AssertErrors(string section, params string[] expected) =>
        Assert.Equal(expected, Validate(Sample.AssertErrors(section)).Errors.Select(error => error.ToString()));

    internal static void AssertWarnings(string section, params string[] expected)
    {
        var (errors, warnings) = Validate(Sample.AssertErrors(section));
        Assert.Empty(errors);
        Assert.Equal(expected, warnings.Select(warning => warning.ToString()));
    }

    internal static void AssertValid(string section) => AssertWarnings(section);

    private sealed class Complaint : IConfigCheck
    {
        public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
        {
            errors.Add(new("L4Proxy", "an error"));
            warnings.Add(new("L4Proxy", "a warning"));
        }
    }
}
