using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

public class EndpointValidationTests
{
    [Fact]
    public void An_endpoint_has_a_url_or_a_kestrel_name_or_neither() => AssertErrors(
        """
        {
          "Endpoints": {
            "both": { "Url": "tcp://*:1", "Kestrel": "Https" }, "empty": { "Kestrel": " " }, "code": {}, "again": { "Kestrel": "HTTPS" },
            "bad": { "Url": "1883" }
          }
        }
        """,
        "L4Proxy:Endpoints:bad:Url: '1883' must start with tcp://, udp://, tls://, unix: or fd:, as in 'tcp://*:1883'.",
        "L4Proxy:Endpoints:both: An endpoint has either a 'Url' of its own or the name of a 'Kestrel' endpoint, not both.",
        "L4Proxy:Endpoints:empty:Kestrel: The name of the Kestrel endpoint is empty.",
        "L4Proxy:Endpoints:again:Kestrel: The endpoint 'both' is the Kestrel endpoint 'HTTPS' already.");

    [Theory]
    [InlineData("fd:web", "fd")]
    public void Kinds_to_come_are_told(string url, string kind) => AssertErrors(
        $$"""{ "Endpoints": { "e": { "Url": "{{url}}" } } }""",
        $"L4Proxy:Endpoints:e:Url: Endpoints of this kind ({kind}) are not supported yet.");

    [Fact]
    public void Socket_options_of_a_kestrel_endpoint_are_warned_of() => AssertWarnings(
        """
        {
          "Endpoints": { "e": {
            "Kestrel": "Https", "Backlog": 5, "ReusePort": false, "KeepAlive": "00:00:05", "ReceiveBuffer": 4096, "SendBuffer": 4096,
            "PrefaceTimeout": "00:00:05", "MaxPrefaceBytes": 4096, "DrainTimeout": "00:00:05"
          } }
        }
        """,
        [.. new[] { "Backlog", "ReusePort", "KeepAlive", "ReceiveBuffer", "SendBuffer" }.Select(key =>
            $"L4Proxy:Endpoints:e:{key}: It has no effect here: the socket is Kestrel's. Only an endpoint with a 'Url' has it.")]);

    [Theory]
    [InlineData("tcp://127.0.0.1:80", "127.0.0.1:80", true)]
    [InlineData("tcp://*:80", "127.0.0.1:80", true)]
    [InlineData("tcp://*:80", "127.3.2.1:80", true)]
    [InlineData("tcp://*:80", "[::1]:80", true)]
    [InlineData("tcp://*:80", "localhost:80", true)]
    [InlineData("tcp://[::]:80", "127.0.0.1:80", true)]
    [InlineData("tcp://localhost:80", "[::1]:80", true)]
    [InlineData("tcp://0.0.0.0:80", "localhost:80", true)]
    [InlineData("udp://*:53", "127.0.0.1:53", true)]
    [InlineData("tcp://10.0.0.1:80", "10.0.0.1:80", true)]
    [InlineData("tcp://[2001:db8::1]:80", "[2001:db8::1]:80", true)]
    [InlineData("tcp://*:70-90", "127.0.0.1:80", true)]
    [InlineData("tcp://*:70-90", "127.0.0.1:{port}", true)]
    [InlineData("tcp://*:70-90", "127.0.0.1:{port+5}", true)]
    [InlineData("unix:/run/a.sock", "unix:/run/a.sock", true)]
    [InlineData("tcp://*:70-90", "127.0.0.1:{port+100}", false)]
    [InlineData("tcp://*:70-90", "10.0.0.1:{port}", false)]
    [InlineData("tcp://*:80", "10.0.0.1:80", false)]
    [InlineData("tcp://*:80", "example.com:80", false)]
    [InlineData("tcp://*:80", "127.0.0.1:81", false)]
    [InlineData("tcp://0.0.0.0:80", "[::1]:80", false)]
    [InlineData("tcp://127.0.0.1:80", "127.0.0.2:80", false)]
    [InlineData("tcp://127.0.0.1:0", "127.0.0.1:80", false)]
    [InlineData("unix:/run/a.sock", "unix:/run/b.sock", false)]
    public void A_cluster_that_leads_back_to_its_own_endpoint_is_warned_of(string url, string address, bool loops) => AssertWarnings(
        $$"""
        {
          "Endpoints": { "in": { "Url": "{{url}}" }, "other": { "Url": "tcp://127.0.0.9:9" } },
          "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "c" }, "far": { "Endpoints": ["other"], "ClusterId": "d" } },
          "Clusters": {
            "c": { "Destinations": { "d": { "Address": "{{address}}" } } },
            "d": { "Destinations": { "d": { "Address": "127.0.0.1:80" } } }
          }
        }
        """,
        loops
            ? ["L4Proxy:Clusters:c:Destinations:d:Address: It leads back to the endpoint 'in', which a route to this cluster is on: what comes back by the same route goes round without end."]
            : []);

    [Theory]
    [InlineData("tcp://*:80", "tcp://*:80")]
    [InlineData("tcp://*:80", "tcp://127.0.0.1:80")]
    [InlineData("tcp://*:80", "tcp://[::1]:80")]
    [InlineData("tcp://*:80", "tcp://localhost:80")]
    [InlineData("tcp://[::]:80", "tcp://10.0.0.1:80")]
    [InlineData("tcp://[::]:80", "tcp://localhost:80")]
    [InlineData("tcp://*:80", "tcp://0.0.0.0:80")]
    [InlineData("tcp://*:80", "tcp://[::]:80")]
    [InlineData("tcp://0.0.0.0:80", "tcp://10.0.0.1:80")]
    [InlineData("tcp://0.0.0.0:80", "tcp://localhost:80")]
    [InlineData("tcp://localhost:80", "tcp://127.0.0.1:80")]
    [InlineData("tcp://localhost:80", "tcp://[::1]:80")]
    [InlineData("tcp://10.0.0.1:80", "tcp://[::ffff:10.0.0.1]:80")]
    [InlineData("tcp://*:80", "tcp://*:70-90")]
    [InlineData("tcp://*:70-80", "tcp://*:80-90")]
    [InlineData("unix:/a", "unix:///a")]
    public void Two_endpoints_on_the_same_address_and_port_are_an_error_that_names_both(string first, string second)
    {
        foreach (var (one, other) in new[] { (first, second), (second, first) })
        {
            var config = Sample.AssertErrors($$"""{ "Endpoints": { "one": { "Url": "{{one}}" }, "other": { "Url": "{{other}}" } } }""");

            var error = Assert.Single(Validate(config).Errors);

            Assert.EndsWith("listen on the same address and port.", error.Message, StringComparison.Ordinal);
            Assert.True(error.ToString().StartsWith("L4Proxy:Endpoints:other:Url: ", StringComparison.Ordinal)
                ? error.Message.Contains("endpoint 'one'", StringComparison.Ordinal)
                : error.Path == "L4Proxy:Endpoints:one:Url" && error.Message.Contains("endpoint 'other'", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("tcp://*:80", "tcp://*:81")]
    [InlineData("tcp://10.0.0.1:80", "tcp://10.0.0.2:80")]
    [InlineData("tcp://0.0.0.0:80", "tcp://[::1]:80")]
    [InlineData("tcp://0.0.0.0:80", "tcp://[::]:80")]
    [InlineData("udp://[::]:70-90", "udp://0.0.0.0:80")]
    [InlineData("tcp://*:0", "tcp://*:0")]
    [InlineData("tcp://*:70-79", "tcp://*:80-90")]
    [InlineData("tcp://localhost:80", "tcp://127.0.0.2:80")]
    [InlineData("unix:/a", "unix:/b")]
    [InlineData("unix:/a", "tcp://*:80")]
    public void Two_endpoints_beside_each_other_are_valid(string first, string second) =>
        AssertValid($$"""{ "Endpoints": { "a": { "Url": "{{first}}" }, "b": { "Url": "{{second}}" } } }""");

    [Theory]
    [InlineData("tcp://[::]:80", "tcp://10.0.0.1:80", "'[::]' is every IPv4 address as well, unless another endpoint has '0.0.0.0' on that port: ")]
    [InlineData("tcp://*:80", "tcp://0.0.0.0:80", "'*' is every address, IPv4 and IPv6: ")]
    public void Why_a_wildcard_stands_in_the_way_is_said(string first, string second, string said) => Assert.StartsWith(
        said,
        Assert.Single(Validate(Sample.AssertErrors($$"""{ "Endpoints": { "a": { "Url": "{{first}}" }, "b": { "Url": "{{second}}" } } }""")).Errors).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("tcp://*:1-65535", 65535)]
    [InlineData("udp://127.0.0.1:10000-30000", 20001)]
    public void A_range_of_nearly_all_ports_is_a_warning(string url, int ports) => AssertWarnings(
        $$"""{ "Endpoints": { "e": { "Url": "{{url}}" } } }""",
        $"L4Proxy:Endpoints:e:Url: These are {ports} ports, each with sockets of its own; the ports that the system gives to outgoing connections may be among them.");

    [Theory]
    [InlineData("660")]
    [InlineData("0660")]
    [InlineData("0777")]
    public void A_unix_endpoint_may_have_a_mode(string mode) =>
        AssertValid($$"""{ "Endpoints": { "e": { "Url": "unix:/run/a.sock", "Mode": "{{mode}}" } } }""");

    [Theory]
    [InlineData("0888")]
    [InlineData("66")]
    [InlineData("1777")]
    [InlineData("rw-rw----")]
    [InlineData("")]
    public void A_mode_that_is_none_is_an_error(string mode) => Assert.StartsWith(
        $"L4Proxy:Endpoints:e:Mode: '{mode}' is not the mode of a file",
        Assert.Single(Validate(Sample.AssertErrors($$"""{ "Endpoints": { "e": { "Url": "unix:/run/a.sock", "Mode": "{{mode}}" } } }""")).Errors).ToString(),
        StringComparison.Ordinal);

    [Fact]
    public void A_mode_of_a_port_is_an_error() => Assert.Equal(
        "L4Proxy:Endpoints:e:Mode: Only an endpoint with 'unix:/path' has a file whose mode could be set.",
        Assert.Single(Validate(Sample.AssertErrors("""{ "Endpoints": { "e": { "Url": "tcp://*:80", "Mode": "0660" } } }""")).Errors).ToString());

    [Fact]
    public void Udp_and_tcp_do_not_share_ports_but_tls_and_tcp_do()
    {
        var config = Sample.AssertErrors("""
            { "Endpoints": { "t": { "Url": "tcp://*:53" }, "u": { "Url": "udp://*:53" }, "s": { "Url": "tls://*:53" } } }
            """);

        var overlap = Assert.Single(Validate(config).Errors, error => error.Message.Contains("same address", StringComparison.Ordinal));

        Assert.Equal("L4Proxy:Endpoints:s:Url", overlap.Path);
    }
}
