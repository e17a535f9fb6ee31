namespace L4Proxy.Store;

/// <summary>
/// Keeps what the API was told, with a revision that counts its writes. Any number of gateways may have the same one: each write names the revision that it was thought of
/// for, and of two at once one is told that it was late.
/// </summary>
internal interface IL4Store
{
    /// <summary>What it is called in messages: <c>sqlite:/var/lib/l4proxy/routes.db</c>.</summary>
    string Name { get; }

    /// <summary>Whether what it has survives the process.</summary>
    bool IsDurable { get; }

    /// <summary>Makes it ready, once: an older one is brought up to date.</summary>
    /// <exception cref="StoreException">It cannot be used, as one that a newer version has written.</exception>
    /// <exception cref="StoreUnavailableException">It is not there at the moment.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>All that it has.</summary>
    /// <param name="known">What it had before: only what has changed need be read.</param>
    /// <param name="cancellationToken">Nobody waits for it any longer.</param>
    /// <exception cref="StoreUnavailableException">It is not there at the moment.</exception>
    Task<StoreState> ReadAsync(StoreState known, CancellationToken cancellationToken);

    /// <summary>Makes changes, all or none. When it returns, they survive whatever happens.</summary>
    /// <returns>False where its revision is another one by now, and nothing was changed.</returns>
    /// <exception cref="StoreException">They break a rule of the store's, and nothing was changed.</exception>
    /// <exception cref="StoreUnavailableException">It is not there at the moment, and perhaps they were made.</exception>
    Task<bool> TryWriteAsync(StoreWrite write, CancellationToken cancellationToken);

    /// <summary>Lets go of the connections that it keeps while nobody uses it; it makes others when it is used again.</summary>
    Task RestAsync() => Task.CompletedTask;

    /// <summary>Waits until its revision is perhaps another one: until then at the latest when nobody can tell.</summary>
    /// <exception cref="StoreUnavailableException">It is not there at the moment.</exception>
    Task WaitForChangeAsync(long seen, CancellationToken cancellationToken);

    /// <summary>The last writes, the newest first.</summary>
    /// <exception cref="StoreUnavailableException">It is not there at the moment.</exception>
    Task<IReadOnlyList<StoreAudit>> ReadAuditAsync(int most, CancellationToken cancellationToken);
}
