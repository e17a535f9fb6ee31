namespace L4Proxy.Configuration;

/// <summary>The banner of an SSH client (RFC 4253 section 4.2). <c>*</c> anywhere in a text stands for any characters.</summary>
public sealed record L4SshMatch
{
    /// <summary>Software names, as <c>OpenSSH_*</c>.</summary>
    public IReadOnlyList<string>? Software { get; init; }
}
