using System.Net;
using L4Proxy.Configuration;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>Endpoints of agents that listen where Kestrel does.</summary>
public class SharedJoinTests
{
    [Theory]
    [InlineData("tcp://*:443", "::", true)]
    [InlineData("tls://*:443", "::", true)]
    [InlineData("tcp://127.0.0.1:443", "127.0.0.1", true)]
    [InlineData("tcp://127.0.0.1:443", "::", false)]
    [InlineData("tcp://*:443", "127.0.0.1", false)]
    [InlineData("tcp://*:444", "::", false)]
    [InlineData("tcp://*:443-444", "::", false)]
    [InlineData("udp://*:443", "::", false)]
    [InlineData("unix:/x", "::", false)]
    public void An_endpoint_is_the_shared_one_where_both_are_at_one_place(string url, string kestrel, bool joins)
    {
        var there = new L4Config { Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() { Kestrel = "Https" } } };
        var agents = new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["caddy.s"] = new() { Url = url, Certificates = [new() { Path = "c.pem" }] } },
            Routes = new Dictionary<string, L4Route> { ["caddy.r"] = new() { Endpoints = ["caddy.s"], ClusterId = "c" } },
        };

        var joined = JoinedEndpoints.Join(agents, ref there, name => name == "Https" ? [new(IPAddress.Parse(kestrel), 443)] : []);

        Assert.Equal(joins ? ["web"] : ["caddy.s"], joined.Routes!["caddy.r"].Endpoints);
        Assert.Equal(joins, joined.Endpoints!.Count == 0);
        Assert.Equal(joins ? "c.pem" : null, there.Endpoints!["web"].Certificates?[0].Path);
    }

    [Fact]
    public void Without_Kestrel_nothing_is_shared()
    {
        var there = new L4Config { Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() { Kestrel = "Https" } } };
        var agents = new L4Config { Endpoints = new Dictionary<string, L4Endpoint> { ["a"] = new() { Url = "tcp://*:443" } } };

        Assert.Same(agents, JoinedEndpoints.Join(agents, ref there));
    }
}
