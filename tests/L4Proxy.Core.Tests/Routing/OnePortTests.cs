using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>One port with a route for every protocol: each client finds its own, and none is kept waiting for bytes that it does not send.</summary>
public class OnePortTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Each_stream_finds_its_own(int direction)
    {
        var table = Table(parser => parser.IsOfStreams, direction);

        Assert.All(PrefaceCorpus.Streams, one => Assert.Equal(direction > 0 ? one.Protocols[0] : one.Protocols[^1], table.Match(Facts(PrefaceInspector.Inspect(one.Bytes, table.Protocols)), noMoreBytes: false).Text()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Each_datagram_finds_its_own(int direction)
    {
        var table = Table(parser => parser.IsOfDatagrams, direction);

        var wanted = table.Protocols & PrefaceParsers.OfDatagrams;
        Assert.All(PrefaceCorpus.Datagrams, one => Assert.Equal(one.Protocol, table.Match(Facts(PrefaceInspector.InspectDatagram(one.Bytes, wanted)), noMoreBytes: false).Text()));
    }

    private static RouteTable Table(Func<PrefaceParser, bool> choose, int direction) => RouteTable.Create(
        [.. PrefaceParsers.All.Where(parser => choose(parser) && !parser.IsForMore).Select((parser, index) => Route(parser.Name, new L4Match { Protocols = [parser.Name] }, index * direction))]);
}
