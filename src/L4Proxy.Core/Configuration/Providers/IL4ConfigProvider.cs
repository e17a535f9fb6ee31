namespace L4Proxy.Configuration;

/// <summary>A source of configuration: a snapshot and a token that fires when there is a newer one. Register any number in DI; they merge.</summary>
/// <remarks>What its <see cref="object.ToString"/> says is what it is called in messages and by the API: the type, unless it says more, such as which file it reads.</remarks>
public interface IL4ConfigProvider
{
    /// <summary>The newest snapshot. Called again each time the last one's token has fired.</summary>
    /// <remarks>
    /// If it throws, or the snapshot or something in it is null, the start fails; later, what the provider said before holds and it
    /// is asked again after a second, then ever more rarely, down to once a minute. So is one whose token had fired already when it came.
    /// </remarks>
    /// <returns>The snapshot, with a token that has not fired.</returns>
    L4ConfigSnapshot GetConfig();
}
