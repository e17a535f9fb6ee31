namespace L4Proxy.Configuration;

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Path">Where, as in <c>L4Proxy:Routes:mqtt:ClusterId</c>.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record L4ConfigError(string Path, string Message)
{
    /// <summary>Path and message on one line.</summary>
    public override string ToString() => $"{Path}: {Message}";
}
