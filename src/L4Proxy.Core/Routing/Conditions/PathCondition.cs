using L4Proxy.Prefaces;
using L4Proxy.Prefaces.Http;

namespace L4Proxy.Routing.Conditions;

/// <summary>What the path of a plaintext HTTP request begins with.</summary>
internal sealed class PathCondition(IReadOnlyList<string> prefixes) : ContentCondition<HttpRequest>(PrefaceParsers.WithHttpRequest)
{
    private readonly string[] _prefixes = [.. prefixes];

    public override bool IsImpliedBy(Condition other) =>
        Array.TrueForAll(((PathCondition)other)._prefixes, longer => Array.Exists(_prefixes, prefix => longer.StartsWith(prefix, StringComparison.Ordinal)));

    protected override bool Holds(HttpRequest content)
    {
        foreach (var prefix in _prefixes)
        {
            if (content.Path?.StartsWith(prefix, StringComparison.Ordinal) == true)
                return true;
        }

        return false;
    }

    protected override string Describe(HttpRequest content) => content.Path ?? (content.Fault is null ? "no path" : $"a request that {content.Fault}");
}
