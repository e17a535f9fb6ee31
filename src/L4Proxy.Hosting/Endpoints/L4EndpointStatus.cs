using System.Net;

namespace L4Proxy;

/// <summary>One endpoint at one moment.</summary>
public sealed class L4EndpointStatus
{
    /// <summary>Its id under <c>L4Proxy:Endpoints</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What it is doing.</summary>
    public required L4EndpointState State { get; init; }

    /// <summary>Whether it is one of Kestrel's, which serves as HTTP what no route takes.</summary>
    public required bool IsShared { get; init; }

    /// <summary>Whether it is UDP.</summary>
    public required bool IsUdp { get; init; }

    /// <summary>Its addresses: one for each port, and for <c>localhost</c> two. An own endpoint that drains has none.</summary>
    public required IReadOnlyList<L4ListenerStatus> Listeners { get; init; }

    /// <summary>The port of the first address that is bound, or null. On <c>localhost:0</c> each address has a port of its own.</summary>
    public int? Port => Listeners.FirstOrDefault(l => l.IsListening)?.EndPoint is IPEndPoint { Port: var port } ? port : null;

    /// <summary>The id, the state and what is wrong.</summary>
    public override string ToString() =>
        $"{Id}: {State}{string.Concat(Listeners.Where(l => l.Error is not null).Select(l => $", {l}"))}";
}
