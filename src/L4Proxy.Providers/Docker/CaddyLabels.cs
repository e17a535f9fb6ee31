using System.Text.RegularExpressions;

namespace L4Proxy.Providers.Docker;

/// <summary>
/// Labels as caddy-docker-proxy and agents like it read them: <c>caddy.layer4</c>, or several as <c>caddy.layer4_0</c>, is what is listened on, and
/// <c>caddy.layer4.route.proxy</c> where it leads; or the address is a step of its own, as in <c>caddy.layer4.:443.route.proxy</c>.
/// </summary>
internal sealed class CaddyLabels(string prefix, DockerHosts hosts)
{
    private readonly Regex _own = new($@"^{Regex.Escape(prefix)}(?<block>_[0-9]+)?\.layer4(?<number>_[0-9]+)?(?:\.(?<rest>.*))?$", RegexOptions.NonBacktracking | RegexOptions.Singleline);
    private readonly Regex _any = new($@"^{Regex.Escape(prefix)}(?:_[0-9]+)?(?:\.|$)", RegexOptions.NonBacktracking);

    /// <summary>The routes of a container.</summary>
    public List<DockerRoute> Read(DockerContainer container, DockerNotes notes)
    {
        var servers = new SortedDictionary<string, CaddyLabelServer>(StringComparer.Ordinal);
        string? foreign = null;
        foreach (var (label, value) in container.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            if (_own.Match(label) is { Success: true } match)
                Take(servers, match, label, value);
            else if (_any.IsMatch(label))
                foreign ??= label;
        }
        // One is enough to be told by.
        if (foreign is not null)
            notes.LeftOut(foreign, "It is not layer 4.");
        return [.. servers.Values.SelectMany(server => new CaddyLabelRoutes(container, server, hosts, notes).Read())];
    }

    private static void Take(SortedDictionary<string, CaddyLabelServer> servers, Match match, string label, string value)
    {
        var rest = match.Groups["rest"];
        var root = rest.Success ? label[..(rest.Index - 1)] : label;
        var (address, step) = Split(rest.Value);
        var key = address.Length == 0 ? root : $"{root}.{address}";
        if (!servers.TryGetValue(key, out var server))
            servers.Add(key, server = new(key, $"l4{match.Groups["block"].Value}{match.Groups["number"].Value}{(address.Length == 0 ? "" : $"-{address.Trim(':')}")}") { Listen = address.Length == 0 ? null : address });
        if (step.Length > 0)
            server.Steps[step] = value;
        else if (address.Length == 0)
            server.Listen = value;
    }

    // An address has dots of its own; what comes after it is a matcher or a route.
    private static (string Address, string Step) Split(string rest)
    {
        if (rest.StartsWith('@') || rest.StartsWith("route", StringComparison.Ordinal))
            return ("", rest);
        var (matcher, route) = (rest.IndexOf(".@", StringComparison.Ordinal), rest.IndexOf(".route", StringComparison.Ordinal));
        var end = matcher < 0 ? route : route < 0 ? matcher : Math.Min(matcher, route);
        if (end >= 0)
            return (rest[..end], rest[(end + 1)..]);
        return rest.AsSpan().ContainsAny(':', '/') ? (rest, "") : ("", rest);
    }
}
