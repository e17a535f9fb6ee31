namespace L4Proxy.Providers.Importing;

/// <summary>How long and how many what is read may be.</summary>
internal static class SourceSize
{
    /// <summary>Characters of a document.</summary>
    public const int MaxText = 4 << 20;

    /// <summary>Words of a document.</summary>
    public const int MaxWords = 500_000;

    /// <summary>Blocks within blocks.</summary>
    public const int MaxDepth = 32;

    /// <summary>Rules of one section whose order counts.</summary>
    public const int MaxRules = 1000;

    /// <summary>Routes of one section, and sections of a document.</summary>
    public const int MaxRoutes = 10_000;

    /// <summary>Routes of a document.</summary>
    public const int MaxAllRoutes = 100_000;

    /// <summary>Characters of what a variable stands for.</summary>
    public const int MaxValue = 1000;
}
