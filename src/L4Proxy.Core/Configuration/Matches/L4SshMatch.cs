using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>The banner of an SSH client (RFC 4253 section 4.2). <c>*</c> anywhere in a text stands for any characters.</summary>
public sealed record L4SshMatch
{
    /// <summary>Software names, as <c>OpenSSH_*</c>.</summary>
    public IReadOnlyList<string>? Software { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4SshMatch());

        public static readonly Key<L4SshMatch, IReadOnlyList<string>> Software = new(Shape, MatchTexts, r => r.Software, (r, v) => r with { Software = v });
    }
}
