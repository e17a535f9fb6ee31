using System.Net;
using L4Proxy.Configuration;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Configurations that many tests start from.</summary>
internal static class Config
{
    public static L4Config To(EndPoint upstream, L4Timeouts? timeouts = null) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:0" })),
        Routes = Map(("all", new L4Route { ClusterId = "up" })),
        Clusters = Map(("up", Cluster(upstream) with { Timeouts = timeouts })),
    };

    public static L4Cluster Cluster(params EndPoint[] upstreams) => new()
    {
        LoadBalancingPolicy = "First",
        Destinations = Map([.. upstreams.Select((upstream, i) => ($"d{i}", new L4Destination { Address = AddressOf(upstream) }))]),
    };

    public static Dictionary<string, T> Map<T>(params (string Id, T Value)[] items) => items.ToDictionary(item => item.Id, item => item.Value);

    public static string AddressOf(EndPoint endPoint) => endPoint is IPEndPoint ? endPoint.ToString()! : $"unix:{endPoint}";
}
