namespace L4Proxy.Api.Owners;

/// <summary>What becomes of an owner's objects when its lease is over.</summary>
internal enum LeaseExpiry
{
    /// <summary>They stay, and nothing is said.</summary>
    Keep,

    /// <summary>They stay, and the owner is shown to be stale.</summary>
    Mark,

    /// <summary>They are taken away.</summary>
    Remove,
}
