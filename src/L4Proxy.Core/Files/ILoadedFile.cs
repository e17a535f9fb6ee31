namespace L4Proxy.Files;

/// <summary>What was made of a file. Immutable.</summary>
internal interface ILoadedFile
{
    /// <summary>What it is, for the log.</summary>
    string Description { get; }

    /// <summary>What is odd about it at a time, or null.</summary>
    string? WarningAt(DateTimeOffset time);
}
