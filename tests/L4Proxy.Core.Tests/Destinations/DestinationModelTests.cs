using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.Destinations.Resolution;
using L4Proxy.Core.Tests.House;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Names;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Core.Tests.Destinations;

public class DestinationModelTests
{
    private readonly ScriptedLookup _lookup = new();
    private readonly AddressResolver _resolver;

    public DestinationModelTests() =>
        _resolver = new AddressResolver(_lookup.LookUpAsync, new AddressResolverOptions(), new FakeTimeProvider());

    private ValueTask<AddressResolution> ResolveAsync(string address, RouteCaptures captures = default, int localPort = 443) =>
        TestDestination.Of("a", address: address).ResolveAsync(_resolver, captures, localPort, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("a", "db.internal:1", true)]
    [InlineData("b", "db.internal:1", false)]
    [InlineData("a", "db.internal:2", false)]
    public void Is_kept_when_id_and_address_are_the_same(string id, string address, bool same) =>
        Assert.Equal(same, TestDestination.Of("a", address: "db.internal:1").IsSame(id, TestDestination.Address(address)));

    [Fact]
    public async Task A_socket_path_is_its_own_end_point()
    {
        var resolution = await ResolveAsync("unix:/run/app.sock");
        Assert.Equal(new UnixDomainSocketEndPoint("/run/app.sock").ToString(), Assert.Single(resolution.EndPoints).ToString());
        Assert.Equal(AddressResolutionStatus.Found, resolution.Status);
    }

    [Theory]
    [InlineData("10.0.0.9:22", "10.0.0.9:22")]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]:443")]
    [InlineData("10.0.0.9:{port-400}", "10.0.0.9:43")]
    [InlineData("[::1]:{port}", "[::1]:443")]
    public async Task An_address_needs_no_lookup(string address, string endPoint)
    {
        var resolution = await ResolveAsync(address);
        Assert.Equal([IPEndPoint.Parse(endPoint)], resolution.EndPoints);
        Assert.Equal(0, _lookup.Started);
    }

    [Fact]
    [Trait("Row", "C1")]
    public async Task Captures_make_the_name_that_is_looked_up()
    {
        Assert.True(ServerNamePattern.TryParse("{instance}.example.com", out var pattern, out _));
        _lookup.Answers["vm7.internal"] = [IPAddress.Parse("10.0.0.7")];
        var resolution = await ResolveAsync("{instance}.internal:{port-3}", new RouteCaptures(pattern, regexes: null, "vm7.example.com"));
        Assert.Equal([IPEndPoint.Parse("10.0.0.7:440")], resolution.EndPoints);
    }

    [Theory]
    [InlineData("{instance}.internal:5432")]
    [InlineData("db.internal:{port-443}")]
    [InlineData("srv:_mqtt._tcp.example.com")]
    public async Task What_cannot_be_expanded_is_a_failure_with_its_reason(string address)
    {
        var resolution = await ResolveAsync(address);
        Assert.Equal(AddressResolutionStatus.Refused, resolution.Status);
        Assert.Empty(resolution.EndPoints);
        Assert.NotEmpty(resolution.Message!);
        Assert.Equal(0, _lookup.Started);
    }

    [Theory]
    [InlineData("unix:/run/app.sock")]
    [InlineData("10.0.0.9:22")]
    [InlineData("10.0.0.9:{port+1}")]
    [InlineData("db.internal:5432")]
    public void What_is_known_is_there_at_once_without_allocating(string address)
    {
        _lookup.Answers["db.internal"] = [IPAddress.Loopback];
        var destination = TestDestination.Of("a", address: address);
        Assert.Equal(0, Allocated.By(Resolve, times: 1_000));

        void Resolve()
        {
            var resolution = destination.ResolveAsync(_resolver, default, 443, CancellationToken.None);
            if (!resolution.IsCompletedSuccessfully || resolution.Result.Status != AddressResolutionStatus.Found)
                Assert.Fail("It had to be waited for, or was not found.");
        }
    }
}
