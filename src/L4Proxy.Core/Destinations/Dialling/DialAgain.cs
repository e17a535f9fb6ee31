namespace L4Proxy.Destinations.Dialling;

/// <summary>Whether another attempt at the same destination makes sense.</summary>
internal enum DialAgain : byte
{
    /// <summary>It would end the same way, or cost as much time again.</summary>
    Never,

    /// <summary>After a pause: a server that restarts is back by then.</summary>
    Later,

    /// <summary>After a pause: the destination was not asked, for this process has no descriptor left. It counts against none.</summary>
    Unasked,

    /// <summary>The failure was that of one address, and there are others.</summary>
    AtOnce,
}
