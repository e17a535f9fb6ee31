namespace L4Proxy.Destinations.Queueing;

/// <summary>Where a connection of a queue is.</summary>
internal enum QueueStage : byte
{
    /// <summary>At a destination: it is being dialled.</summary>
    Dialling,

    /// <summary>What it dialled failed: it does not try again at once.</summary>
    Pausing,

    /// <summary>In line, for room at a destination.</summary>
    InLine,

    /// <summary>Its turn has come, and it has not begun at a destination yet.</summary>
    Called,

    /// <summary>It waits no more.</summary>
    Over,
}
