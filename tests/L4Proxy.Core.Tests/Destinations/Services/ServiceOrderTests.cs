using System.Net;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Destinations.Services;

namespace L4Proxy.Core.Tests.Destinations.Services;

public class ServiceOrderTests
{
    private readonly ServiceTargets _targets = ServiceTargets.Following(null, [new("a", 1, 10), new("b", 2, 10), new("c", 3, 20)])!;
    private readonly EndPointOrder[] _addresses = [Addresses(1, 2), Addresses(2, 1), Addresses(3, 1)];
    private long _now = 1_000;

    private ServiceOrder Order() => ServiceOrder.Of([.. _targets.All.Select((target, i) => (target, _addresses[i]))], () => _now);

    private static EndPointOrder Addresses(int port, int count) =>
        new([.. Enumerable.Range(1, count).Select(i => new IPEndPoint(IPAddress.Parse($"10.0.0.{i}"), port))]);

    [Fact]
    public void Another_priority_waits_for_all_before_it()
    {
        var order = Order();
        Assert.Equal(["10.0.0.1:1", "10.0.0.2:1", "10.0.0.1:2", "10.0.0.1:3"], order.EndPoints.Select(endPoint => endPoint.ToString()!));
        Assert.Equal([false, false, false, true], Enumerable.Range(0, 4).Select(order.IsLastResort));
        _targets.All[1].Refusals.TryNote(_now);
        Assert.Equal([false, false, true, true], Enumerable.Range(0, 4).Select(Order().IsLastResort));
    }

    [Fact]
    public void A_host_is_not_there_once_none_of_its_addresses_is()
    {
        var order = Order();
        order.NoteFailed(order.EndPoints[0]);
        Assert.False(_targets.All[0].IsRefusing(_now));
        Assert.Equal(["10.0.0.2:1", "10.0.0.1:1"], _addresses[0].EndPoints.Select(endPoint => endPoint.ToString()!));
        order.NoteFailed(order.EndPoints[1]);
        Assert.Equal([true, false, false], _targets.All.Select(target => target.IsRefusing(_now)));

        order.NoteAnswered(order.EndPoints[1]);
        Assert.False(_targets.All[0].IsRefusing(_now));
    }
}
