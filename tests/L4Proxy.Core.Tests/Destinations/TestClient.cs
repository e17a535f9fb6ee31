using System.Net;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Destinations;

/// <summary>A client that a destination is picked for.</summary>
internal sealed record TestClient : IBalancedSession
{
    public required EndPoint? ClientEndPoint { get; init; }

    public string? ServerName { get; init; } = "a.example.com";

    public string ClientId { get; init; } = "one";

    public PrefaceInfo PrefaceInfo => new() { Content = new MqttConnect("5", ClientId, UserName: null) };

    public long Id => 1;

    public string EndpointId => "in";

    public string? RouteId => "route";

    public L4EndReason EndReason => L4EndReason.None;

    public CancellationToken Ended => default;

    /// <summary>One of 16 million, each with an address of its own.</summary>
    public static TestClient Of(int number, int port = 1) => new()
    {
        ClientEndPoint = new IPEndPoint(new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]), port),
    };

    public bool TryEnd(L4EndReason reason) => false;
}
