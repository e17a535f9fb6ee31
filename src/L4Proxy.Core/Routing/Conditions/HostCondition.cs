using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.Prefaces.Http;

namespace L4Proxy.Routing.Conditions;

/// <summary>The host of a plaintext HTTP request. Routes are found by it as by a server name (<see cref="ServerNameIndex"/>), and this says why one was not.</summary>
internal sealed class HostCondition(IReadOnlyList<string> texts) : ContentCondition<HttpRequest>(PrefaceParsers.WithHttpRequest)
{
    /// <summary>The patterns, any of which is to match.</summary>
    public IReadOnlyList<ServerNamePattern> Patterns { get; } = Texts.Read<ServerNamePattern>(texts, ServerNamePattern.TryParseHost);

    /// <summary>That of the least specific: any of them may be what holds.</summary>
    public override ServerNameSpecificity Specificity => Patterns.Select(pattern => pattern.Specificity).Aggregate(ServerNameSpecificity.Min);

    public override bool IsImpliedBy(Condition other) =>
        ((HostCondition)other).Patterns.All(fewer => Patterns.Any(pattern => pattern.Covers(fewer)));

    protected override bool Holds(HttpRequest content)
    {
        // Indexed: a foreach over the interface would allocate for every connection.
        for (var i = 0; content.Fault is null && i < Patterns.Count; i++)
        {
            if (Patterns[i].IsMatch(content.Host))
                return true;
        }

        return false;
    }

    protected override string Describe(HttpRequest content) => content.Host ?? (content.Fault is null ? "no host" : $"a request that {content.Fault}");
}
