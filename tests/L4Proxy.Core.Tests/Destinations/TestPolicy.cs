using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Destinations;

/// <summary>A policy by the length of the client id, with what it has prepared for what is available.</summary>
internal sealed class TestPolicy(List<string> told, DestinationModel[]? prepared = null) : BuiltInPolicy
{
    public override LoadBalancer Over(DestinationModel[] available)
    {
        told.Add(string.Concat(available.Select(destination => destination.Id)));
        return new TestPolicy(told, available);
    }

    /// <summary>The next one from there that may be picked.</summary>
    public override DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session)
    {
        var from = ((MqttConnect)session.PrefaceInfo.Content!).ClientId.Length;
        for (var i = 0; i < prepared!.Length; i++)
        {
            var next = prepared[(from + i) % prepared.Length];
            if (candidates.Contains(next))
                return next;
        }
        return null;
    }
}
