using System.Net;
using CsCheck;
using L4Proxy.Configuration;
using L4Proxy.Providers.Caddy;

namespace L4Proxy.Providers.Tests.Caddy;

public sealed class CaddyfileTests
{
    private const string Reference =
        """
        {
            admin :2019 {
                origins 192.0.2.20, 0.0.0.0, localhost
            }
            layer4 {
                mqtt.lan:8883 {
                    route {
                        proxy {
                            upstream 192.0.2.204:8883
                        }
                    }
                }
                mqtt.lan:1883 {
                    route {
                        proxy {
                            upstream 192.0.2.204:1883
                        }
                    }
                }
                :443 {
                    @lacny tls sni *.lacny.me
                    route @lacny {
                        proxy {
                            upstream 192.0.2.21:443
                        }
                    }
                }
            }
        }

        example.com {
            reverse_proxy 127.0.0.1:8080
        }
        """;

    private static readonly string[] s_parts =
        ["{", "}", "\n", " ", "layer4", ":443", "@a", "tls", "sni", "route", "proxy", "\"", "`", "\\", "#", "not", "subroute", "http", "upstream", "*", "x:1"];

    [Fact]
    [Trait("Row", "A3")]
    public void The_reference_file_is_carried_over()
    {
        var imported = L4CaddyImport.ParseCaddyfile(Reference, name => name == "mqtt.lan" ? IPAddress.Parse("192.0.2.1") : null);

        Assert.Empty(imported.Errors);
        Assert.Equal(["tcp://192.0.2.1:8883", "tcp://192.0.2.1:1883", "tcp://*:443"], imported.Config.Endpoints!.Values.Select(endpoint => endpoint.Url!));
        Assert.Equal(["192.0.2.204:8883", "192.0.2.204:1883", "192.0.2.21:443"], imported.Config.Clusters!.Values.Select(cluster => Assert.Single(cluster.Destinations!).Value.Address!));
        Assert.Equal(["{_1}.lacny.me"], imported.Config.Routes!.Values.Last().Match!.Sni!);
        Assert.Equal(["line 2", "line 31"], imported.Warnings.Select(warning => warning.Path));
    }

    [Fact]
    public void What_a_proxy_says_is_said()
    {
        var imported = L4CaddyImport.ParseCaddyfile(
            """
            # before it
            {
                layer4 {
                    udp/:53, :853 {
                        matching_timeout 5s
                        route {
                            proxy a:1 {
                                upstream b:2 {
                                    max_connections 7
                                    weight 3
                                }
                                lb_policy ip_hash
                                lb_try_duration "5s"
                                health_interval 10s
                                health_timeout 1s
                                fail_duration 1m
                                max_fails 2
                                proxy_protocol v2
                            }
                        }
                    }
                }
            }
            """);
        // One half is datagrams.
        Assert.NotEmpty(imported.Errors);

        imported = L4CaddyImport.ParseCaddyfile("{\nlayer4 {\n:853 {\nroute {\nproxy a:1 {\nupstream b:2 {\nweight 3\n}\nlb_policy ip_hash\nlb_try_duration 5s\nhealth_interval 10s\nfail_duration 1m\nproxy_protocol v2\n}\n}\n}\n}\n}");
        Assert.Empty(imported.Errors);
        var cluster = Assert.Single(imported.Config.Clusters!).Value;
        Assert.Equal(("Hash", 3, L4ProxyProtocolVersion.V2), (cluster.LoadBalancingPolicy, cluster.Destinations!["d2"].Weight, cluster.ProxyProtocol!.Version));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1)), (cluster.Queue!.Timeout, cluster.HealthCheck!.Active!.Interval, cluster.HealthCheck.Passive!.EjectionTime));
    }

    [Fact]
    public void Headers_are_the_endpoints_and_routes_within_routes_ask_for_both()
    {
        var imported = L4CaddyImport.ParseCaddyfile(
            """
            {
                layer4 {
                    :443 {
                        @header proxy_protocol
                        route @header {
                            proxy_protocol {
                                timeout 2s
                                allow 10.0.0.0/8
                            }
                        }
                        @tls tls
                        route @tls {
                            subroute {
                                @a tls sni a.example.com
                                route @a {
                                    proxy a:1
                                }
                                @b remote_ip 192.0.2.0/24
                                route @b {
                                    proxy b:1
                                }
                            }
                        }
                    }
                }
            }
            """);

        Assert.Empty(imported.Errors);
        var endpoint = Assert.Single(imported.Config.Endpoints!).Value;
        Assert.Equal(L4ProxyProtocolMode.Optional, endpoint.ProxyProtocol!.Mode);
        Assert.Equal(["10.0.0.0/8"], endpoint.ProxyProtocol.Trusted!);
        Assert.Equal(2, imported.Config.Routes!.Count);
        Assert.Equal(["192.0.2.0/24"], imported.Config.Routes.Values.Last().Match!.ClientAddresses!);
        Assert.Equal(["tls"], imported.Config.Routes.Values.Last().Match!.Protocols!);
    }

    /// <summary>What the outer route asks for is lost with it, and routes within it would take what is not theirs.</summary>
    [Theory]
    [InlineData("@x winbox\nroute @x {\nsubroute {\nroute {\nproxy a:1\n}\n}\n}")]
    [InlineData("route {\nthrottle {\nread_bytes_per_second 9\n}\nsubroute {\nroute {\nproxy a:1\n}\n}\n}")]
    public void Routes_within_a_route_that_is_lost_are_lost(string routes)
    {
        var imported = L4CaddyImport.ParseCaddyfile($"{{\nlayer4 {{\n:1 {{\n{routes}\n}}\n}}\n}}");

        Assert.NotEmpty(imported.Errors);
        Assert.Empty(imported.Config.Routes!);
    }

    /// <summary>A header is read of every client or of none: not of those alone that a route asks for.</summary>
    [Fact]
    public void Headers_of_some_clients_are_lost()
    {
        var imported = L4CaddyImport.ParseCaddyfile("{\nlayer4 {\n:1 {\n@lb remote_ip 10.0.0.0/8\nroute @lb {\nproxy_protocol {\nfallback_policy USE\n}\nproxy a:1\n}\n}\n}\n}");

        Assert.NotEmpty(imported.Errors);
        Assert.Null(Assert.Single(imported.Config.Endpoints!).Value.ProxyProtocol);
    }

    [Fact]
    public void Private_ranges_may_be_trusted()
    {
        var imported = L4CaddyImport.ParseCaddyfile("{\nlayer4 {\n:1 {\nroute {\nproxy_protocol {\nallow private_ranges\n}\nproxy a:1\n}\n}\n}\n}");

        Assert.Contains("127.0.0.0/8", Assert.Single(imported.Config.Endpoints!).Value.ProxyProtocol!.Trusted!);
        Assert.Single(imported.Config.Routes!);
    }

    [Fact]
    public void TLS_ends_with_what_Caddy_loads_from_files()
    {
        var imported = L4CaddyImport.ParseJson(System.Text.Encoding.UTF8.GetBytes(
            """
            { "apps": { "tls": { "certificates": { "load_files": [{ "certificate": "/c.pem", "key": "/k.pem" }] } }, "layer4": { "servers": { "s": { "listen": [":8883"],
              "routes": [{ "handle": [{ "handler": "tls" }, { "handler": "proxy", "upstreams": [{ "dial": ["127.0.0.1:1883"] }] }] }] } } } } }
            """));

        Assert.Empty(imported.Errors);
        Assert.Equal(new L4Certificate { Path = "/c.pem", KeyPath = "/k.pem" }, Assert.Single(Assert.Single(imported.Config.Endpoints!).Value.Certificates!));
        Assert.Equal(L4RouteTls.Terminate, Assert.Single(imported.Config.Routes!).Value.Tls);
    }

    [Theory]
    [InlineData("{\nlayer4 {\n", "line 2")]
    [InlineData("{\n}\n}\n", "line 3")]
    [InlineData("{\nlayer4 {\n:1 {\nroute @nobody {\nclose\n}\n}\n}\n}", "apps.layer4.servers.:1 (line 3).routes[0].match[0].@nobody (line 4)")]
    [InlineData("{\nlayer4 {\n:1 {\n@a nonsense\nroute @a {\nclose\n}\n}\n}\n}", "apps.layer4.servers.:1 (line 3).routes[0].match[0].nonsense")]
    [InlineData("{\nlayer4 {\n:1 {\n@a postgres x\nroute @a {\nclose\n}\n}\n}\n}", "apps.layer4.servers.:1 (line 3).routes[0].match[0].postgres.postgres x (line 4)")]
    [InlineData("{\nlayer4 {\n:1 {\nroute {\nproxy a:1 {\nlb_dance tango\n}\n}\n}\n}\n}", "apps.layer4.servers.:1 (line 3).routes[0].handle[0].lb_dance tango (line 6)")]
    [InlineData("{\nlayer4 {\n:1 {\nwhatever\n}\n}\n}", "line 4")]
    public void What_is_wrong_is_said_with_its_line(string text, string path) => Assert.Contains(path, L4CaddyImport.ParseCaddyfile(text).Errors.Select(error => error.Path));

    [Fact]
    public void Whatever_a_file_says_it_has_an_answer() => Gen.Int[0, s_parts.Length - 1].Array[0, 60]
        .Sample(parts => L4CaddyImport.ParseCaddyfile(string.Join(' ', parts.Select(i => s_parts[i]))), iter: 5000);

    [Theory]
    [InlineData("{ \"apps\": {} }", false)]
    [InlineData("{}", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    [InlineData("{\n\tlayer4 {\n", true)]
    [InlineData("# a\n# b\n{\n", false)]
    [InlineData("# a\n{\n admin off\n}", true)]
    [InlineData("example.com {\n}", true)]
    public void It_is_told_from_JSON(string text, bool isCaddyfile) => Assert.Equal(isCaddyfile, CaddyNames.IsCaddyfile(text));
}
