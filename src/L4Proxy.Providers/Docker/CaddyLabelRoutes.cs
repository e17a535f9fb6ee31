using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using L4Proxy.Configuration;
using L4Proxy.Providers.Caddy;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Docker;

/// <summary>The routes of one listen address.</summary>
internal sealed partial class CaddyLabelRoutes(DockerContainer container, CaddyLabelServer server, DockerHosts hosts, DockerNotes notes)
{
    private const string Proxy = "proxy";
    private const string Header = "proxy.proxy_protocol";

    /// <summary>Reads them; one that is not whole is left out, for with a matcher too few it would take what is not its own.</summary>
    public List<DockerRoute> Read()
    {
        List<string> unknown = [.. server.Steps.Keys.Where(step => !step.StartsWith('@') && !RouteName().IsMatch(step))];
        foreach (var step in unknown)
            notes.Lost(server.LabelOf(step), "Nothing in L4Proxy is like it, or nothing that is known of here: what is listened on there is not carried over.");
        if (unknown.Count > 0)
            return [];
        var routes = server.Steps.Keys.Select(step => RouteName().Match(step)).Where(match => match.Success).ToLookup(match => match.Groups["name"].Value);
        if (routes.Count == 0)
            notes.Lost(server.Label, $"There is no '{server.LabelOf("route.proxy")}' that says where it leads.");
        return [.. routes.Select(route => Read(route.Key, [.. route.Select(match => match.Groups["step"].Value).Where(step => step.Length > 0)])).OfType<DockerRoute>()];
    }

    private DockerRoute? Read(string name, List<string> steps)
    {
        var before = notes.ErrorCount;
        foreach (var step in steps.Where(step => step != Proxy && step != Header && !Upstream().IsMatch(step)))
            notes.Lost(server.LabelOf($"{name}.{step}"), "L4Proxy does not do what it says, or nothing that is known of here: the route is not carried over.");
        var listen = ListenOf(out var isUdp);
        var (matchers, match) = MatchOf(name);
        var header = steps.Contains(Header) ? HeaderOf($"{name}.{Header}") : null;
        var destinations = DestinationsOf(name, steps, isUdp);
        if (notes.ErrorCount > before || destinations.Count == 0)
            return null;
        var id = server.Name + name["route".Length..];
        var cluster = DockerCluster.Of(container, id);
        return new()
        {
            Container = container, Label = server.Label, Name = cluster.Id, Cluster = cluster, Listen = listen, IsUdp = isUdp, Route = new() { Match = match },
            Settings = new() { ProxyProtocol = header }, Destinations = destinations,
            LabelOf = Labels(matchers, server.LabelOf($"{name}.{Proxy}")),
        };
    }

    private static Dictionary<string, string> Labels(string matchers, string proxy) => new() { ["Match"] = matchers, ["Destinations"] = proxy };

    private List<string> ListenOf(out bool isUdp)
    {
        var listen = ListenAddress.Read(server.Listen ?? "", out isUdp, out var error);
        if (error is not null)
            notes.Lost(server.Label, error);
        return listen;
    }

    // One matcher alone is the route's even if the route does not say so, as in the form that agents read. Of several it must be said: a route without would take everything.
    private (string Label, L4Match? Match) MatchOf(string name)
    {
        var all = server.Steps.Keys.Where(step => step.StartsWith('@')).ToLookup(step => step.Split('.', 2)[0]);
        List<string> used = server.Steps.TryGetValue(name, out var said) && said.Trim().Length > 0 ? [.. said.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] : [.. all.Select(one => one.Key)];
        if (said is null && used.Count > 1)
            notes.Lost(server.LabelOf(name), $"Say which of {string.Join(", ", used)} it has, as in '{server.LabelOf(name)}={used[0]}'.");
        if (used.Find(one => !all.Contains(one)) is { } missing)
            notes.Lost(server.LabelOf(name), $"There is no label '{server.LabelOf(missing)}' that says what '{missing}' matches.");
        if (used.Count == 0 || (said is null && used.Count > 1))
            return (server.LabelOf(name), null);
        return (server.LabelOf(used[0]), MatchOf([.. used.Where(all.Contains).Select(one => SetOf(all[one]))], server.LabelOf(used[0])));
    }

    private JsonObject SetOf(IEnumerable<string> steps)
    {
        var set = new JsonObject();
        foreach (var step in steps)
        {
            var path = step.Split('.').Skip(1);
            if (!CaddyMatcherText.TryAdd(set, [.. path, .. CaddyMatcherText.Words(server.Steps[step])], out var error))
                notes.Lost(server.LabelOf(step), error);
        }
        return set;
    }

    private L4Match? MatchOf(JsonArray sets, string label)
    {
        var own = new ImportNotes();
        var match = SourceObject.Parse(System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["match"] = sets }.ToJsonString()), own) is { } source ? CaddyMatchers.Read(source.Objects("match")) : null;
        foreach (var error in own.Result(new()).Errors)
            notes.Lost(label, error.Message);
        if (match is null && own.LossCount == 0)
            notes.Lost(label, "It says nothing that could be matched.");
        return match;
    }

    private L4ProxyProtocolOut? HeaderOf(string step)
    {
        var version = server.Steps[step].Trim();
        if (version is "v1" or "v2")
            return new() { Version = version == "v1" ? L4ProxyProtocolVersion.V1 : L4ProxyProtocolVersion.V2 };
        notes.Lost(server.LabelOf(step), $"There is no version '{version}'.");
        return null;
    }

    private List<L4Destination> DestinationsOf(string name, List<string> steps, bool isUdp)
    {
        var destinations = new List<L4Destination>();
        List<string> labels = [.. steps.Where(step => step == Proxy || Upstream().IsMatch(step)).Select(step => $"{name}.{step}")];
        var texts = labels.SelectMany(label => Address().Matches(server.Steps[label]).Select(match => (Label: server.LabelOf(label), match.Value))).ToList();
        foreach (var (label, text) in texts)
        {
            if (AddressOf(text, isUdp, label) is { } address)
                destinations.Add(new() { Address = address });
        }
        if (texts.Count == 0)
            notes.Lost(server.LabelOf($"{name}.{Proxy}"), "It says where the route leads, as in 'host:port' or '{{upstreams 1883}}', and is missing or empty.");
        return destinations;
    }

    private string? AddressOf(string text, bool isUdp, string label)
    {
        if (Upstreams().Match(text) is { Success: true } own)
            return OwnAddress(own, isUdp, label);
        if (!CaddyAddress.TryParseDial(text, out var isUdpToo, out var address, out var error) || address.StartsWith("unix:", StringComparison.Ordinal))
            notes.Lost(label, $"'{text}': {error ?? "A label leads to hosts and ports."}");
        // Without a network it is that of what is listened on.
        else if (text.Contains('/', StringComparison.Ordinal) && isUdp != isUdpToo)
            notes.Lost(label, $"'{text}': streams are relayed as streams and datagrams as datagrams.");
        else if (CaddyName.OfDial(address) is not { } named)
            notes.Lost(label, $"'{text}': of placeholders only groups of 'sni_regexp' are known here, as in '{{tls.regexp.1}}'.");
        else
            return named;
        return null;
    }

    private string? OwnAddress(Match text, bool isUdp, string label)
    {
        var arguments = CaddyMatcherText.Words(text.Groups["arguments"].Value);
        var scheme = arguments is ["tcp" or "udp", ..] ? arguments[0] : text.Groups["network"].Value.TrimEnd('/');
        var port = DockerPorts.Find(container, isUdp, arguments is [] or ["tcp" or "udp"] ? null : arguments[^1], out var error);
        if (arguments.Count > (arguments is ["tcp" or "udp", ..] ? 2 : 1) || (scheme.Length > 0 && scheme == "udp" != isUdp))
            notes.Lost(label, $"'{text.Value}' should be '{{{{upstreams PORT}}}}', with the port in the container, and of the same protocol as what is listened on.");
        else if (port is null)
            notes.Lost(label, error!);
        else if (!container.IsReady)
            notes.LeftOut(label, DockerPorts.NotReady(container));
        else if (hosts.TryFind(container, port.Value, isUdp, network: null, out var address, out error))
            return address;
        else
            notes.Lost(label, error);
        return null;
    }

    [GeneratedRegex(@"^(?<name>route(?:_[0-9]+)?)(?:\.(?<step>.+))?$", RegexOptions.NonBacktracking)]
    private static partial Regex RouteName();

    [GeneratedRegex(@"^proxy\.upstream(?:_[0-9]+)?$", RegexOptions.NonBacktracking)]
    private static partial Regex Upstream();

    [GeneratedRegex(@"(?:[a-z0-9]+/)?\{\{[^{}]*\}\}\S*|\S+", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"^(?<network>(?:tcp|udp)/)?\{\{\s*upstreams(?<arguments>\s[^{}]*)?\}\}$", RegexOptions.NonBacktracking)]
    private static partial Regex Upstreams();
}
