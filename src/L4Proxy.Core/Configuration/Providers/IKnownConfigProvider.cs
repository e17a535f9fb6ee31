namespace L4Proxy.Configuration;

/// <summary>A provider that can say more of itself than its type does, such as which file it reads, and can read it anew.</summary>
internal interface IKnownConfigProvider : IL4ConfigProvider
{
    /// <summary>What it is called in messages.</summary>
    string Name { get; }

    /// <summary>Whether another one that gives the same id counts, and not it.</summary>
    bool Yields => false;

    /// <summary>Whether its routes are on the endpoints of others that listen where its own do (<see cref="JoinedEndpoints"/>).</summary>
    bool JoinsEndpoints => false;

    /// <summary>What a provider is called in messages.</summary>
    static string NameOf(IL4ConfigProvider provider) => provider is IKnownConfigProvider known ? known.Name : provider.ToString() ?? "";

    /// <summary>Reads what it is made from now, and fires its token if that has changed.</summary>
    void Reload();
}
