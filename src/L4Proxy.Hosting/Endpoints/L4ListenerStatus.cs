using System.Net;

namespace L4Proxy;

/// <summary>One address of an endpoint.</summary>
public sealed class L4ListenerStatus
{
    /// <summary>The address bound, with the port that 0 got; where <see cref="IsListening"/> is false, the one asked for.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>Whether it is bound and takes connections or datagrams.</summary>
    public required bool IsListening { get; init; }

    /// <summary>Why it cannot be bound, or null.</summary>
    public string? Error { get; init; }

    /// <summary>The address, and what is wrong with it.</summary>
    public override string ToString() => Error is null ? $"{EndPoint}" : $"{EndPoint}: {Error}";
}
