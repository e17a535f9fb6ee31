using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Prefaces;
using L4Proxy.Prefaces.Http;
using L4Proxy.ProxyProtocol;
using L4Proxy.Routing;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>
/// The precedence and the conditions once more, as plainly as they can be written and with nothing of the product but the
/// facts: every route is tried in order.
/// </summary>
internal sealed class NaiveRouteTable(IReadOnlyList<RouteModel> routes)
{
    public string Match(ConnectionFacts facts, bool noMoreBytes)
    {
        var entries = routes.SelectMany(Entries)
            .OrderBy(entry => entry.Route.Config.Order ?? 0)
            .ThenByDescending(entry => Precedence(entry.Route.Config.Match, entry.Name, entry.Regex))
            .ThenByDescending(entry => Conditions(entry.Route.Config.Match))
            .ThenBy(entry => entry.Route.Id, StringComparer.Ordinal);
        foreach (var (route, name, regex) in entries)
        {
            var holds = All(route.Config.Match, name, regex, facts, noMoreBytes);
            if (holds == true)
                return route.Id;
            if (holds is null && !noMoreBytes)
                return "NeedMore";
        }

        return "None";
    }

    private static IEnumerable<(RouteModel Route, string? Name, string? Regex)> Entries(RouteModel route)
    {
        var match = route.Config.Match;
        if (match?.Sni is { } names)
            return names.Select(name => (route, (string?)name, (string?)null));
        if (match?.Host is { } hosts)
            return hosts.Select(host => (route, (string?)host, (string?)null));
        if (match?.SniRegex is { } regexes)
            return regexes.Select(regex => (route, (string?)null, (string?)regex));
        return [(route, null, null)];
    }

    private static (int Form, int SuffixLabels) Specificity(string? name, string? regex)
    {
        if (name is null)
            return (regex is null ? 0 : 3, 0);
        if (name.Length == 0)
            return (1, 0);
        if (name == "*")
            return (2, 0);
        var literal = name.Split('.').SkipWhile(label => label == "*" || label.StartsWith('{')).Count();
        return name.StartsWith('*') || name.StartsWith("{**", StringComparison.Ordinal) ? (4, literal)
            : name.StartsWith('{') ? (5, literal)
            : (6, 0);
    }

    private static (int Form, int SuffixLabels) Precedence(L4Match? match, string? name, string? regex) =>
        match?.AnyOf is { } members ? new[] { Specificity(name, regex), members.Min(Inside) }.Max() : Specificity(name, regex);

    private static (int Form, int SuffixLabels) Inside(L4Match match) => new[]
    {
        match.Sni?.Min(name => Specificity(name, null)) ?? (0, 0), match.SniRegex is null ? (0, 0) : (3, 0), match.AnyOf?.Min(Inside) ?? (0, 0),
    }.Max();

    private static int Conditions(L4Match? match) => new object?[]
    {
        match?.Sni, match?.SniRegex, match?.Alpn, match?.TlsVersions, match?.Protocols, match?.ClientAddresses, match?.LocalAddresses,
        match?.LocalPorts, match?.ProxyProtocol, match?.Host, match?.Path, match?.Bytes, match?.Not, match?.AnyOf,
    }.Count(condition => condition is not null);

    /// <summary>The same inside of <c>Not</c> and <c>AnyOf</c>, where any of its names may be the one.</summary>
    private static bool? Inner(L4Match match, ConnectionFacts facts, bool noMoreBytes)
    {
        var named = match.Sni is { } names ? OfHello(facts, hello => names.Any(name => NameMatches(name, hello.ServerName, hello.ServerNameInvalid))) : true;
        var matched = match.SniRegex is { } regexes ? OfHello(facts, hello => RegexMatches(regexes, hello)) : true;
        var rest = All(match with { Sni = null, SniRegex = null }, null, null, facts, noMoreBytes);
        bool?[] results = [named, matched, rest];
        return results.Contains(false) ? false : results.Contains(null) ? noMoreBytes ? false : null : true;
    }

    private static bool? Any(IEnumerable<bool?> results)
    {
        var all = results.ToList();
        return all.Contains(true) ? true : all.Contains(null) ? null : false;
    }

    private static bool? HasBytes(L4BytesMatch match, ConnectionFacts facts, bool noMoreBytes)
    {
        var bytes = Encoding.Latin1.GetString(facts.Bytes.Span);
        var text = bytes[Math.Min(match.Offset ?? 0, bytes.Length)..];
        if (match.Regex is null)
        {
            var wanted = match.Text ?? Encoding.Latin1.GetString(Convert.FromHexString(match.Hex!.Replace(" ", "", StringComparison.Ordinal)));
            return text.StartsWith(wanted, StringComparison.Ordinal) ? true : !noMoreBytes && wanted.StartsWith(text, StringComparison.Ordinal) ? null : false;
        }
        var isAll = noMoreBytes || text.Length >= match.Length;
        text = text[..Math.Min(text.Length, match.Length!.Value)];
        var holds = bytes.Length >= (match.Offset ?? 0) && Regex.IsMatch(text, match.Regex, RegexOptions.None, TimeSpan.FromSeconds(1));
        if (isAll || (holds && !match.Regex.EndsWith('$')))
            return holds;
        return match.Regex == "^GET" && !"GET".StartsWith(text, StringComparison.Ordinal) ? false : null;
    }

    private static bool? All(L4Match? match, string? name, string? regex, ConnectionFacts facts, bool noMoreBytes)
    {
        if (match is null)
            return true;
        bool?[] results =
        [
            name is null ? true
                : match.Host is null ? OfHello(facts, hello => NameMatches(name, hello.ServerName, hello.ServerNameInvalid))
                : OfRequest(facts, request => NameMatches(name, request.Host, request.Fault is not null)),
            match.Path is null ? true : OfRequest(facts, request => match.Path.Any(path => request.Path?.StartsWith(path, StringComparison.Ordinal) == true)),
            regex is null ? true : OfHello(facts, hello => RegexMatches([regex], hello)),
            match.Sni is null || match.SniRegex is null ? true : OfHello(facts, hello => RegexMatches(match.SniRegex, hello)),
            match.Alpn is null ? true : OfHello(facts, hello => match.Alpn.Intersect(hello.Alpn, StringComparer.Ordinal).Any()),
            match.TlsVersions is null ? true : OfHello(facts, hello => match.TlsVersions.Any(version => Offers(version, hello))),
            match.Protocols is null ? true : OfProtocols(match.Protocols, facts.Preface),
            match.ClientAddresses?.Any(range => IPNetwork.Parse(range).Contains(facts.ClientAddress!)) ?? true,
            match.LocalAddresses?.Any(range => IPNetwork.Parse(range).Contains(facts.LocalAddress!)) ?? true,
            match.LocalPorts?.Any(range => PortMatches(range, facts.LocalPort)) ?? true,
            match.ProxyProtocol is null || OfHeader(match.ProxyProtocol, facts.ProxyHeader),
            match.Bytes is null ? true : Any(match.Bytes.Select(bytes => HasBytes(bytes, facts, noMoreBytes))),
            match.Not is null ? true : !Inner(match.Not, facts, noMoreBytes),
            match.AnyOf is null ? true : Any(match.AnyOf.Select(member => Inner(member, facts, noMoreBytes))),
        ];
        return results.Contains(false) ? false : results.Contains(null) ? null : true;
    }

    private static bool? OfHello(ConnectionFacts facts, Func<ClientHello, bool> condition) =>
        facts.Preface.ClientHello is { } hello ? condition(hello)
        : (facts.Preface.Pending | facts.Preface.Possible).HasAny(AllParsers.Named("tls")) ? null
        : false;

    private static bool? OfRequest(ConnectionFacts facts, Func<HttpRequest, bool> condition) =>
        facts.Preface.HttpRequest is { } request ? condition(request)
        : (facts.Preface.Pending | facts.Preface.Possible).HasAny(PrefaceParsers.WithHttpRequest) ? null
        : false;

    private static bool NameMatches(string pattern, string? name, bool isInvalid)
    {
        if (pattern.Length == 0)
            return name is null && !isInvalid;
        if (name is null)
            return false;
        if (pattern == "*")
            return true;
        var labels = name.Split('.').Reverse().ToArray();
        var wanted = pattern.Split('.').Reverse().ToArray();
        for (var i = 0; i < wanted.Length; i++)
        {
            if (i >= labels.Length)
                return false;
            if (wanted[i] == "*" || wanted[i].StartsWith("{**", StringComparison.Ordinal))
                return true;
            if (!wanted[i].StartsWith('{') && wanted[i] != labels[i])
                return false;
        }

        return labels.Length == wanted.Length;
    }

    private static bool RegexMatches(IEnumerable<string> regexes, ClientHello hello) =>
        hello.ServerName is { } name && regexes.Any(regex => Regex.Match(name, regex, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)).Value == name);

    private static bool Offers(string version, ClientHello hello) =>
        hello.Versions.ToString().Split(", ").Contains(version == "1.0" ? "Tls" : "Tls" + version.Replace(".", "", StringComparison.Ordinal));

    private static bool? OfProtocols(IReadOnlyList<string> names, PrefaceInfo preface)
    {
        var wanted = names.Select(AllParsers.Named).ToList();
        if (wanted.Exists(protocol => preface.Recognised.HasAny(protocol)))
            return true;
        return wanted.Exists(protocol => preface.Possible.HasAny(protocol)) ? null : false;
    }

    private static bool OfHeader(L4ProxyProtocolMatch match, ProxyHeader? header) =>
        header is not null
        && match.Authority?.Any(glob => header.Authority is { } name && GlobMatches(glob, name)) != false
        && match.Tlvs?.All(wanted => header.Tlvs.Any(tlv =>
            tlv.Type == Convert.ToByte(wanted.Key, 16) && wanted.Value.Any(glob => GlobMatches(glob, Encoding.Latin1.GetString(tlv.Value.Span))))) != false;

    private static bool GlobMatches(string glob, string text) =>
        Regex.IsMatch(text, "^" + Regex.Escape(glob).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static bool PortMatches(string range, int port)
    {
        var ends = range.Split('-').Select(int.Parse).ToArray();
        return port >= ends[0] && port <= ends[^1];
    }
}
