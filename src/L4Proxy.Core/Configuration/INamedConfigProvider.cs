namespace L4Proxy.Configuration;

/// <summary>A provider that can say more of itself than its type does, such as which file it reads.</summary>
internal interface INamedConfigProvider : IL4ConfigProvider
{
    /// <summary>What it is called in messages.</summary>
    string Name { get; }

    /// <summary>What a provider is called in messages.</summary>
    static string NameOf(IL4ConfigProvider provider) => provider is INamedConfigProvider named ? named.Name : provider.GetType().ToString();
}
