namespace L4Proxy.Configuration;

/// <summary>A source of configuration: a snapshot and a token that fires when there is a newer one. Register any number in DI; they merge.</summary>
public interface IL4ConfigProvider
{
    /// <summary>The newest snapshot. Called again each time the last one's token has fired.</summary>
    /// <returns>The snapshot.</returns>
    L4ConfigSnapshot GetConfig();
}
