using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Routing;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

public class SshConditionTests
{
    private static readonly byte[] s_openSsh = PrefaceCorpus.Named("ssh").First();

    [Theory]
    [InlineData("OpenSSH_*", true)]
    [InlineData("libssh*,OpenSSH_9.2p1", true)]
    [InlineData("openssh_*", false)]
    [InlineData("*Debian*", false)] // A comment.
    [InlineData(null, true)]
    public void Software_is_compared_without_comments(string? software, bool holds)
    {
        var route = Ssh("a", software);

        Assert.Equal("NeedMore", Match(Facts(AllParsers.Inspect(s_openSsh.AsSpan(0, 20))), route).Text());
        Assert.Equal(holds ? "a" : "None", Match(Facts(AllParsers.Inspect(s_openSsh)), route).Text());
    }

    [Fact]
    public void A_narrower_route_behind_a_wider_one_can_never_win() =>
        Assert.Equal([("b", "a")], RouteTable.Create([Ssh("a", "x,y", order: -1), Ssh("b", "y"), Ssh("c", "z")]).FindUnreachable());

    private static RouteModel Ssh(string id, string? software, int? order = null) => Route(id, new L4Match { Ssh = new() { Software = software?.Split(',') } }, order);
}
