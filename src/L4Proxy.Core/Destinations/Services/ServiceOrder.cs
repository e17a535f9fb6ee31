using System.Net;
using L4Proxy.Destinations.Resolution;

namespace L4Proxy.Destinations.Services;

/// <summary>
/// The end points of a service in the order that one connection has drawn. What is learnt of them is kept where the next connection draws: with the
/// addresses of each host, and with the host once none of its addresses is there.
/// </summary>
internal sealed class ServiceOrder : EndPointOrder
{
    private readonly Place[] _places;
    private readonly Func<long> _now;

    private ServiceOrder(Place[] places, Func<long> now)
        : base([.. places.Select(place => place.EndPoint)]) => (_places, _now) = (places, now);

    /// <summary>The addresses of hosts, in their order.</summary>
    /// <param name="hosts">Those that have addresses; at least one.</param>
    /// <param name="now">The clock of <see cref="ServiceTarget.IsRefusing"/>.</param>
    public static ServiceOrder Of(IReadOnlyList<(ServiceTarget Target, EndPointOrder Addresses)> hosts, Func<long> now)
    {
        var time = now();
        var stage = hosts.Select(host => (host.Target.IsRefusing(time), host.Target.Host.Priority)).ToList();
        return new([.. hosts.SelectMany((host, i) => host.Addresses.EndPoints.Select((endPoint, j) =>
            new Place(endPoint, host.Target, host.Addresses, IsLastResort: i > 0 && j == 0 && stage[i] != stage[i - 1])))], now);
    }

    /// <summary>A host of another priority, or one that was not there lately, is no racer.</summary>
    public override bool IsLastResort(int index) => _places[index].IsLastResort;

    public override void NoteAnswered(EndPoint endPoint)
    {
        if (Find(endPoint) is not { } place)
            return;
        place.Addresses.NoteAnswered(endPoint);
        place.Target.Refusals.TryForget();
    }

    public override void NoteFailed(EndPoint endPoint)
    {
        if (Find(endPoint) is not { } place)
            return;
        place.HasFailed = true;
        place.Addresses.NoteFailed(endPoint);
        if (Array.TrueForAll(_places, other => other.Target != place.Target || other.HasFailed))
            place.Target.Refusals.TryNote(_now());
    }

    private Place? Find(EndPoint endPoint) => Array.Find(_places, place => ReferenceEquals(place.EndPoint, endPoint));

    private sealed record Place(EndPoint EndPoint, ServiceTarget Target, EndPointOrder Addresses, bool IsLastResort)
    {
        public bool HasFailed { get; set; }
    }
}
