namespace L4Proxy;

/// <summary>What an endpoint is doing.</summary>
public enum L4EndpointState
{
    /// <summary>Nothing listens: the host has not started yet, or Kestrel does not listen on an endpoint that is shared with it.</summary>
    Closed,

    /// <summary>It listens on every address.</summary>
    Listening,

    /// <summary>An address cannot be bound: <see cref="L4ListenerStatus.Error"/> says why. It is tried again; the other addresses serve.</summary>
    Failed,

    /// <summary>It takes nothing new, and what is there may finish: it was removed, or the host stops.</summary>
    Draining,
}
