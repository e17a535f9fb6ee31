using L4Proxy;

namespace Snippets;

internal sealed class FeatureMatcher(IFeatures features) : IL4ConnectionMatcher
{
    public string Name => "Feature";

    public async ValueTask<bool> MatchesAsync(L4ConnectionMatcherContext context, CancellationToken cancellationToken) =>
        await features.IsOnAsync(context.Settings["flag"], context.ServerName, cancellationToken);

    public IEnumerable<string> Validate(IReadOnlyDictionary<string, string> settings) =>
        settings.ContainsKey("flag") ? [] : ["A feature needs its 'flag'."];
}
