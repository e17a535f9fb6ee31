namespace L4Proxy;

/// <summary>How a destination is. Of several that hold, the last one here.</summary>
public enum L4DestinationHealth
{
    /// <summary>Nothing is known against it.</summary>
    Healthy,

    /// <summary>It refused, or could not be reached, and has not answered since: for up to 16 seconds after each such time the others come first.</summary>
    Refusing,

    /// <summary>It failed too often (<c>HealthCheck:Passive</c>): it gets connections only where no other destination is left.</summary>
    Ejected,

    /// <summary>Its agent drains it: it keeps what it has and gets nothing more.</summary>
    Draining,

    /// <summary>It is being worked on, as its agent says: it gets nothing more.</summary>
    Maintenance,

    /// <summary>Probes find it down, or its agent says so (<c>HealthCheck:Active</c>): it gets nothing more.</summary>
    Down,

    /// <summary>It was disabled: what is connected to it drains.</summary>
    Disabled,

    /// <summary>It was removed: what is connected to it drains.</summary>
    Removed,
}
