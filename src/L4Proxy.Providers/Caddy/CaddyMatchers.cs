using System.Globalization;
using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>Matcher sets: within one all must hold, and one of several.</summary>
internal static class CaddyMatchers
{
    private const int DefaultRegexCount = 4;

    // A matcher is one line here.
    private static readonly Dictionary<string, Func<SourceObject, L4Match>> s_matchers = new(StringComparer.Ordinal)
    {
        ["tls"] = static source => Hello(source, "tls"),
        ["quic"] = static source => Hello(source, "quic"),
        ["ssh"] = static _ => new() { Protocols = ["ssh"] },
        ["xmpp"] = static _ => new() { Protocols = ["xmpp"] },
        ["rdp"] = static _ => new() { Protocols = ["rdp"] },
        ["socks4"] = static _ => new() { Protocols = ["socks4"] },
        ["socks5"] = static _ => new() { Protocols = ["socks5"] },
        ["dns"] = static _ => new() { Protocols = ["dns"] },
        ["postgres"] = static _ => new() { Protocols = ["postgres"] },
        ["wireguard"] = static _ => new() { Protocols = ["wireguard"] },
        ["openvpn"] = static _ => new() { Protocols = ["openvpn"] },
        ["remote_ip"] = static source => new() { ClientAddresses = RangesOf(source) },
        ["local_ip"] = static source => new() { LocalAddresses = RangesOf(source) },
        ["regexp"] = Bytes,
        ["clock"] = Clock,
    };

    /// <summary>What sets become; null where they match everything. What of them has nothing like it is said.</summary>
    public static L4Match? Read(IReadOnlyList<SourceObject> sets) => Clause.Any(sets.Select(set => Clause.Of(Set(set) ?? new()))).Match;

    /// <summary>Two of which both must hold; null is what always does.</summary>
    public static L4Match? All(L4Match? one, L4Match? other) => Clause.Of(one ?? new()).And(Clause.Of(other ?? new())).Match;

    private static L4Match? Set(SourceObject set)
    {
        L4Match? match = null;
        foreach (var name in set.Keys)
        {
            if (name == "not")
                match = All(match, new() { Not = Not(set) });
            else if (name == "http")
                match = All(match, Http(set.Objects(name)));
            else if (s_matchers.TryGetValue(name, out var read))
                match = All(match, Read(set, name, read));
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

    private static L4Match Read(SourceObject set, string name, Func<SourceObject, L4Match> read)
    {
        if (set.Object(name) is not { } source)
        {
            set.Lost(name, "Without its object nothing is known of it.");
            return new();
        }
        var match = read(source);
        source.Rest();
        return match;
    }

    private static L4Match Hello(SourceObject source, string protocol)
    {
        List<string>? names = source.Texts("sni") is { } texts ? [.. texts.Select(text => NameOf(source, "sni", text)).OfType<string>()] : null;
        var regex = source.Object("sni_regexp");
        var match = new L4Match
        {
            Protocols = [protocol],
            Sni = names,
            SniRegex = regex is null ? null : [CaddyName.OfRegex(Pattern(regex))],
            Alpn = source.Texts("alpn"),
            ClientAddresses = source.Object("remote_ip") is { } remote ? RangesOf(remote) : null,
            LocalAddresses = source.Object("local_ip") is { } local ? RangesOf(local) : null,
        };
        regex?.Rest();
        return match;
    }

    private static List<string>? RangesOf(SourceObject source)
    {
        var ranges = source.Texts("ranges");
        if (ranges is null or [])
            source.Lost("ranges", "Without them it never holds.");
        source.Rest();
        return Ranges(ranges);
    }

    /// <summary>Ranges as they are written here, without bits behind the prefix: Caddy's own private ranges have 127.0.0.1/8.</summary>
    public static List<string>? Ranges(List<string>? texts) => texts?.ConvertAll(text => SourceRange.TryRead(text, out var range, out _) ? range : text);

    private static string Pattern(SourceObject source)
    {
        if (source.Text("pattern") is { Length: > 0 } pattern)
            return pattern;
        source.Lost("pattern", "Without it everything matches.");
        return "";
    }

    /// <summary>Sets of Caddy's HTTP matchers: hosts and paths of the first request.</summary>
    private static L4Match Http(List<SourceObject> sets)
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
            [] => new() { Protocols = ["http"] },
            [var one] => one,
            _ => new() { AnyOf = requests },
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

    private static L4Match Bytes(SourceObject source)
    {
        return new() { Bytes = [new() { Regex = Pattern(source), Length = (int)Math.Clamp(source.Number("count") ?? DefaultRegexCount, 1, 65_536) }] };
    }

    private static L4Match Clock(SourceObject source) =>
        new() { Schedule = new() { From = Time(source, "after"), To = Time(source, "before"), TimeZone = source.Text("timezone") } };

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
