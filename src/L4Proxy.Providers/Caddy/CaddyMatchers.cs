using System.Globalization;
using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>Matcher sets: within one all must hold, and one of several.</summary>
internal static class CaddyMatchers
{
    private const int DefaultRegexCount = 4;

    // A matcher is one line here: what it adds to what is there of its set.
    private static readonly Dictionary<string, Func<SourceObject, L4Match, L4Match>> s_matchers = new(StringComparer.Ordinal)
    {
        ["tls"] = (source, match) => Hello(source, match, "tls"),
        ["quic"] = (source, match) => Hello(source, match, "quic"),
        ["ssh"] = static (_, match) => match with { Protocols = ["ssh"] },
        ["xmpp"] = static (_, match) => match with { Protocols = ["xmpp"] },
        ["rdp"] = static (_, match) => match with { Protocols = ["rdp"] },
        ["socks4"] = static (_, match) => match with { Protocols = ["socks4"] },
        ["socks5"] = static (_, match) => match with { Protocols = ["socks5"] },
        ["dns"] = static (_, match) => match with { Protocols = ["dns"] },
        ["postgres"] = static (_, match) => match with { Protocols = ["postgres"] },
        ["wireguard"] = static (_, match) => match with { Protocols = ["wireguard"] },
        ["openvpn"] = static (_, match) => match with { Protocols = ["openvpn"] },
        ["remote_ip"] = static (source, match) => match with { ClientAddresses = source.Texts("ranges") },
        ["local_ip"] = static (source, match) => match with { LocalAddresses = source.Texts("ranges") },
        ["regexp"] = Bytes,
        ["clock"] = Clock,
    };

    /// <summary>What sets become; null where they match everything. What of them has nothing like it is said.</summary>
    public static L4Match? Read(IReadOnlyList<SourceObject> sets)
    {
        List<L4Match> matches = [.. sets.Select(Set)];
        return matches.Count switch
        {
            0 => null,
            1 => matches[0] == new L4Match() ? null : matches[0],
            _ => matches.Exists(match => match == new L4Match()) ? null : new L4Match { AnyOf = matches },
        };
    }

    private static L4Match Set(SourceObject set)
    {
        var match = new L4Match();
        foreach (var name in set.Keys)
        {
            if (name == "not")
                match = match with { Not = Not(set) };
            else if (name == "http")
                match = Http(set.Objects(name), match);
            else if (s_matchers.TryGetValue(name, out var read))
                match = With(set.Object(name), match, read);
            else
                set.Lost(name, "There is no such matcher in L4Proxy: without it the route would match more than it should, so it is not carried over.");
        }
        return match;
    }

    private static L4Match? Not(SourceObject set)
    {
        var sets = set.Objects("not");
        var match = Read(sets);
        if (match is null && sets.Count > 0)
            set.Lost("not", "It never holds: what it wants not to be is everything.");
        return match;
    }

    private static L4Match With(SourceObject? source, L4Match match, Func<SourceObject, L4Match, L4Match> read)
    {
        if (source is null)
            return match;
        match = read(source, match);
        source.Rest();
        return match;
    }

    private static L4Match Hello(SourceObject source, L4Match match, string protocol)
    {
        List<string>? names = source.Texts("sni") is { } texts ? [.. texts.Select(text => NameOf(source, "sni", text)).OfType<string>()] : null;
        var regex = source.Object("sni_regexp");
        match = match with
        {
            Protocols = [protocol],
            Sni = names,
            SniRegex = regex?.Text("pattern") is { } pattern ? [CaddyName.OfRegex(pattern)] : null,
            Alpn = source.Texts("alpn"),
            ClientAddresses = source.Object("remote_ip") is { } remote ? RangesOf(remote) : match.ClientAddresses,
            LocalAddresses = source.Object("local_ip") is { } local ? RangesOf(local) : match.LocalAddresses,
        };
        regex?.Rest();
        return match;
    }

    private static List<string>? RangesOf(SourceObject source)
    {
        var ranges = source.Texts("ranges");
        source.Rest();
        return ranges;
    }

    /// <summary>Sets of Caddy's HTTP matchers: hosts and paths of the first request.</summary>
    private static L4Match Http(List<SourceObject> sets, L4Match match)
    {
        List<L4Match> requests = [.. sets.Select(set =>
        {
            var request = new L4Match
            {
                Protocols = ["http"],
                Host = set.Texts("host")?.Select(host => NameOf(set, "host", host)).OfType<string>().ToList(),
                Path = set.Texts("path")?.Select(path => PathOf(set, path)).OfType<string>().ToList(),
            };
            set.Rest();
            return request;
        })];
        return requests switch
        {
            [] => match with { Protocols = ["http"] },
            [var one] => match with { Protocols = one.Protocols, Host = one.Host, Path = one.Path },
            _ => match with { AnyOf = requests },
        };
    }

    private static string? NameOf(SourceObject source, string key, string text)
    {
        var name = text.Contains('{', StringComparison.Ordinal) ? null : CaddyName.Of(text);
        if (name is null)
            source.Lost(key, $"No name in L4Proxy is like '{text}'.");
        return name;
    }

    private static string? PathOf(SourceObject source, string text)
    {
        if (text.EndsWith('*') && !text.AsSpan()[..^1].Contains('*'))
            return text[..^1];
        source.Lost("path", $"'{text}' is one path, and a path in L4Proxy is what paths begin with.");
        return null;
    }

    private static L4Match Bytes(SourceObject source, L4Match match)
    {
        if (source.Text("pattern") is not { } pattern)
            return match;
        return match with { Bytes = [new() { Regex = pattern, Length = (int)Math.Clamp(source.Number("count") ?? DefaultRegexCount, 1, 65_536) }] };
    }

    private static L4Match Clock(SourceObject source, L4Match match) =>
        match with { Schedule = new() { From = Time(source, "after"), To = Time(source, "before"), TimeZone = source.Text("timezone") } };

    private static TimeOnly? Time(SourceObject source, string key)
    {
        if (source.Text(key) is not { } text)
            return null;
        if (TimeOnly.TryParseExact(text, "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        source.Lost(key, $"'{text}' is not a time of day, as in '22:00:00'.");
        return null;
    }
}
