namespace L4Proxy.Tcp;

/// <summary>How the two directions of a relayed connection have ended, so far.</summary>
[Flags]
internal enum RelayEnds
{
    None = 0,

    /// <summary>The client's FIN was passed on.</summary>
    Up = 1,

    /// <summary>The destination's FIN was passed on.</summary>
    Down = 2,

    /// <summary>The destination takes nothing more.</summary>
    UpUndeliverable = 4,

    /// <summary>The client takes nothing more.</summary>
    DownUndeliverable = 8,
}
