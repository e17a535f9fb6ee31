using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging.Abstractions;
using static L4Proxy.Core.Tests.Tcp.Config;
using L4Proxy.Files;

namespace L4Proxy.Core.Tests.Snapshot;

/// <summary>The warnings of routes that never win: of all their endpoints, not of one.</summary>
public sealed class UnreachableRoutesTests : IDisposable
{
    private readonly FileStore _certificates = new("/", TimeProvider.System, NullLogger<FileStore>.Instance);

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void Covered_on_one_endpoint_and_not_on_another() =>
        Assert.Empty(Warnings(("a", On("one", null)), ("b", On("one two", new() { Sni = ["x"] }) with { Order = 1 })));

    [Fact]
    public void Covered_on_every_endpoint_by_one_or_by_several()
    {
        Assert.Equal(
            ["L4Proxy:Routes:b: It can never win: route 'a' always comes first."],
            Warnings(("a", On("one two", null)), ("b", On("one two", new() { Sni = ["x"] }) with { Order = 1 })));
        Assert.Equal(
            ["L4Proxy:Routes:c: It can never win: route 'a' or route 'b' always comes first."],
            Warnings(("a", On("one", null)), ("b", On("two", null)), ("c", On("one two", new() { Sni = ["x"] }) with { Order = 1 })).Order());
    }

    [Theory]
    [InlineData(true, "10.0.0.0/8", "1-99", "tls ssh", "10.1.0.0/16", "5-9", "ssh")]
    [InlineData(true, "10.0.0.0/8", "1-99", "tls ssh", "10.0.0.0/8", "1-99", "tls ssh")]
    [InlineData(false, "10.1.0.0/16", "1-99", "tls ssh", "10.0.0.0/8", "5-9", "ssh")]
    [InlineData(false, "10.0.0.0/8", "1-8", "tls ssh", "10.1.0.0/16", "5-9", "ssh")]
    [InlineData(false, "10.0.0.0/8", "1-99", "ssh", "10.1.0.0/16", "5-9", "tls ssh")]
    public void Ranges_ports_and_protocols_that_lie_within(bool isCovered, params string[] texts)
    {
        var warnings = Warnings(("a", On("any", Of(texts[..3])) with { Order = -1 }), ("b", On("any", Of(texts[3..]))));

        Assert.Equal(isCovered ? ["L4Proxy:Routes:b: It can never win: route 'a' always comes first."] : [], warnings);

        static L4Match Of(string[] texts) => new() { ClientAddresses = [texts[0]], LocalPorts = [texts[1]], Protocols = texts[2].Split(' ') };
    }

    [Theory]
    [InlineData("one two", "443 8002-8099", true)]
    [InlineData("one two", "443 8000-9000", false)]
    [InlineData("one", "8001", false)]
    [InlineData("two", "8999 9101", true)]
    [InlineData("two any", "1", false)]
    [InlineData("shared", "1", false)]
    public void Ports_on_which_nobody_listens(string endpoints, string ports, bool isNowhere) => Assert.Equal(
        isNowhere ? [$"L4Proxy:Routes:a: It can never match: no endpoint of its listens on {ports.Replace(" ", " or ", StringComparison.Ordinal)}, which 'LocalPorts' wants."] : [],
        Warnings(("a", On(endpoints, new() { LocalPorts = ports.Split(' ') }))));

    private List<string> Warnings(params (string Id, L4Route Route)[] routes)
    {
        var builder = new SnapshotBuilder(SystemAddressLookup.LookUpAsync, _certificates, new TlsBuilder(_certificates), TestPolicies.With(), TimeProvider.System);
        var snapshot = builder.Build(Sample.Graph(new()
        {
            Endpoints = Map(
                ("one", new L4Endpoint { Url = "tcp://*:8001" }), ("two", new L4Endpoint { Url = "tcp://*:9000-9100" }), ("any", new L4Endpoint { Url = "tcp://*:0" }),
                ("shared", new L4Endpoint())),
            Routes = Map(routes),
            Clusters = Map(("up", new L4Cluster { Destinations = Map(("d", new L4Destination { Address = "10.0.0.1:80" })) })),
        }), ProxySnapshot.Empty);
        return [.. UnreachableRoutes.WarningsOf(snapshot).Select(warning => warning.ToString())];
    }

    private static L4Route On(string endpoints, L4Match? match) => new() { Endpoints = endpoints.Split(' '), ClusterId = "up", Match = match };
}
