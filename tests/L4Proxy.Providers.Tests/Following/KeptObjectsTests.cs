using L4Proxy.Configuration;
using L4Proxy.Providers.Following;

namespace L4Proxy.Providers.Tests.Following;

/// <summary>What is followed is read whole each time; what has not changed is the same object, so that nothing of it is checked or built again.</summary>
public sealed class KeptObjectsTests
{
    [Fact]
    public void Of_the_same_document_everything_is_the_same()
    {
        var before = Config("a:1");

        Assert.Same(before, KeptObjects.Of(Config("a:1"), before));
    }

    [Fact]
    public void Of_another_one_only_what_has_changed_is_another()
    {
        var (before, after) = (Config("a:1"), Config("b:1"));
        var kept = KeptObjects.Of(after, before);

        Assert.Same(before.Endpoints, kept.Endpoints);
        Assert.Same(before.Routes, kept.Routes);
        Assert.Same(after.Clusters!["c"], kept.Clusters!["c"]);
        Assert.Same(before.Clusters!["d"], kept.Clusters["d"]);
    }

    [Fact]
    public void What_is_gone_is_gone()
    {
        var kept = KeptObjects.Of(Config("a:1") with { Routes = new Dictionary<string, L4Route>() }, Config("a:1"));

        Assert.Empty(kept.Routes!);
    }

    private static L4Config Config(string address) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["e"] = new() { Url = "tcp://*:1" } },
        Routes = new Dictionary<string, L4Route> { ["r"] = new() { Endpoints = ["e"], Match = new() { Sni = ["x"] }, ClusterId = "c" } },
        Clusters = new Dictionary<string, L4Cluster> { ["c"] = To(address), ["d"] = To("d:1") },
    };

    private static L4Cluster To(string address) => new() { Destinations = new Dictionary<string, L4Destination> { ["d"] = new() { Address = address } } };
}
