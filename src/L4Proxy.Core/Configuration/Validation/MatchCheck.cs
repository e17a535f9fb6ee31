using System.Text;
using L4Proxy.Addresses;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.Prefaces.Http;
using L4Proxy.Routing.Conditions;

namespace L4Proxy.Configuration.Validation;

/// <summary>The texts of a match.</summary>
internal static class MatchCheck
{
    private static readonly ConfigKey[] s_ofHello =
        [L4Match.Keys.Sni, L4Match.Keys.SniRegex, L4Match.Keys.Alpn, L4Match.Keys.TlsVersions, L4Match.Keys.Ja4];

    private static readonly ConfigKey[] s_ofRequest = [L4Match.Keys.Host, L4Match.Keys.Path];

    private static readonly (ConfigKey Key, string[] Protocols)[] s_saidIn =
    [
        .. s_ofHello.Select(key => (key, (string[])["tls", "quic", "postgres", "ldap", "smtp", "imap", "pop3"])),
        .. s_ofRequest.Select(key => (key, (string[])["http", "http2"])),
        (L4Match.Keys.Postgres, ["postgres"]),
        (L4Match.Keys.Mqtt, ["mqtt"]),
        (L4Match.Keys.Dns, ["dns"]),
        (L4Match.Keys.Ssh, ["ssh"]),
    ];

    /// <summary>Checks a match and those inside it.</summary>
    /// <param name="match">The match.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="findings">What is wrong.</param>
    /// <param name="depth">How deep it is inside of others.</param>
    /// <param name="isOfHttp">Whether it is that of a route of HTTP requests, whose path is of a request and whose other conditions are of the connection.</param>
    public static void Check(L4Match match, ConfigPath path, Findings findings, int depth = 0, bool isOfHttp = false)
    {
        Each<ServerNamePattern>(match.Sni, ServerNamePattern.TryParse, path, "Sni", findings);
        Each<SniRegexPattern>(match.SniRegex, SniRegexPattern.TryParse, path, "SniRegex", findings);
        Each<string>(match.Alpn, IsAlpn, path, "Alpn", findings);
        Each<object>(match.TlsVersions, IsTlsVersion, path, "TlsVersions", findings);
        Each<object>(match.Protocols, IsProtocol, path, "Protocols", findings);
        Each<ServerNamePattern>(match.Host, ServerNamePattern.TryParseHost, path, "Host", findings);
        Each<object>(match.Path, IsPath, path, "Path", findings);
        Each<object>(match.Ja4, IsJa4, path, "Ja4", findings);
        Each<AddressRange>(match.ClientAddresses, AddressRange.TryParse, path, "ClientAddresses", findings);
        Each<AddressRange>(match.LocalAddresses, AddressRange.TryParse, path, "LocalAddresses", findings);
        Each<PortRange>(match.LocalPorts, PortRange.TryParse, path, "LocalPorts", findings);
        Each<object>(match.Mqtt?.Version, IsMqttVersion, path["Mqtt"], "Version", findings);
        Each<object>(match.Dns?.Names, IsDnsName, path["Dns"], "Names", findings);
        Each<object>(match.Dns?.Types, IsDnsType, path["Dns"], "Types", findings);
        var ofConnection = isOfHttp ? match with { Host = null, Path = null } : match;
        CheckHttp(ofConnection, path, findings);
        WarnOfTwoProtocols(ofConnection, path, findings);
        CheckTlvs(match.ProxyProtocol?.Tlvs, path["ProxyProtocol"]["Tlvs"], findings);
        CheckSchedule(match.Schedule, path["Schedule"], findings);
        if (match.Not is { } not && MatchesEverything(not))
            findings.Error(path["Not"], "It says nothing, and so can never match: leave it out, or say what the connection must not be like.");
        foreach (var (inner, innerPath) in NestedMatches.Inside(match, path))
        {
            if (depth == NestedMatches.MaxDepth)
                findings.Error(innerPath, $"Matches may be nested {NestedMatches.MaxDepth} deep; this one is deeper.");
            else
                Check(inner, innerPath, findings, depth + 1);
        }

        for (var i = 0; i < match.AnyOf?.Count; i++)
        {
            if (match.AnyOf[i] is { } member && MatchesEverything(member))
                findings.Warning(path["AnyOf"][i], "It matches everything, and so 'AnyOf' says nothing.");
        }
    }

    /// <summary>A plaintext request has no hello, and whoever has one shows no request.</summary>
    private static void CheckHttp(L4Match match, ConfigPath path, Findings findings)
    {
        if (Array.Find(s_ofHello, key => key.Get(match) is not null) is not { } ofHello)
            return;
        foreach (var key in s_ofRequest.Where(key => key.Get(match) is not null))
            findings.Error(path[key.Name], $"No connection has both: '{key.Name}' is of plaintext HTTP, '{ofHello.Name}' of TLS. Make two routes of it.");
    }

    /// <summary>Conditions that no connection meets together, since a client speaks one protocol first.</summary>
    private static void WarnOfTwoProtocols(L4Match match, ConfigPath path, Findings findings)
    {
        var said = s_saidIn.Where(one => one.Key.Get(match) is not null).ToList();
        if (match.Protocols is { Count: > 0 } protocols && protocols.All(protocol => PrefaceParsers.TryFind(protocol, out _)))
            said.Add((L4Match.Keys.Protocols, [.. protocols]));
        foreach (var (key, others) in said.Skip(1))
        {
            // Both of TLS and of a plaintext request is an error already.
            if (said.TakeWhile(one => one.Key != key).FirstOrDefault(one => !one.Protocols.Intersect(others, StringComparer.OrdinalIgnoreCase).Any()).Key is { } first
                && !(s_ofHello.Contains(first) && s_ofRequest.Contains(key)))
                findings.Warning(path[key.Name], $"It can never match: no client says both, '{first.Name}' and '{key.Name}' are of different protocols.");
        }

        if (match.Postgres is { Database: not null } or { User: not null } && said[0].Key is var ofHello && s_ofHello.Contains(ofHello))
            findings.Warning(path["Postgres"], $"It can never match: a client that shows '{ofHello.Name}' names database and user inside of TLS.");
    }

    private static bool MatchesEverything(L4Match match) =>
        L4Match.Keys.Shape.Keys.All(key => key.Get(match) is not { } value || !ConditionReader.Says(value));

    private static void CheckSchedule(L4Schedule? schedule, ConfigPath path, Findings findings)
    {
        if (schedule is { From: { } from, To: { } to } && from == to && from != TimeOnly.MinValue)
            findings.Error(path["To"], "It is the same time as 'From'; for the whole day leave both out.");
    }

    private static void CheckTlvs(IReadOnlyDictionary<string, IReadOnlyList<string>>? tlvs, ConfigPath path, Findings findings)
    {
        var types = new HashSet<byte>();
        foreach (var type in tlvs?.Keys ?? [])
        {
            if (!ProxyHeaderCondition.TryParseType(type, out var number))
                findings.Error(path[type], $"{Quote.Text(type)} is not the type of a TLV: '0x' and two hexadecimal digits, as in '0xEA'.");
            else if (!types.Add(number))
                findings.Error(path[type], "The type is given twice.");
        }
    }

    private static void Each<T>(IReadOnlyList<string>? texts, Texts.Form<T> form, ConfigPath path, string key, Findings findings)
    {
        for (var i = 0; i < texts?.Count; i++)
        {
            if (texts[i] is { } text && !form(text, out _, out var error))
                findings.Error(path[key][i], Quote.Plain(error!, maxLength: 512));
        }
    }

    private static bool IsPath(string text, out object? value, out string? error)
    {
        value = null;
        error = HttpPath.IsPrefix(text)
            ? null
            : $"{Quote.Text(text)} is not the beginning of a path, as '/api/': at most {HttpPath.MaxLength} characters without '*', query, percent-encoding and dot segments.";
        return error is null;
    }

    private static bool IsJa4(string text, out object? value, out string? error)
    {
        value = null;
        error = Ja4Condition.IsPossible(text)
            ? null
            : $"{Quote.Text(text)} is not a JA4 fingerprint, as 't13d1516h2_8daaf6152771_02713d6af862', where '*' may stand for any characters.";
        return error is null;
    }

    // RFC 7301 section 3.1.
    private static bool IsAlpn(string text, out string? value, out string? error)
    {
        value = null;
        error = Encoding.UTF8.GetByteCount(text) is > 0 and <= 255 ? null : $"{Quote.Text(text)} is not an ALPN protocol: 1 to 255 bytes.";
        return error is null;
    }

    private static bool IsTlsVersion(string text, out object? value, out string? error)
    {
        value = null;
        return TlsVersions.TryParse(text, out _, out error);
    }

    private static bool IsMqttVersion(string text, out object? value, out string? error)
    {
        value = null;
        error = MqttPreface.Versions.Any(version => new TextGlob(text).Matches(version.AsSpan()))
            ? null
            : $"{Quote.Text(text)} is no version of MQTT: '{string.Join("', '", MqttPreface.Versions)}'.";
        return error is null;
    }

    private static bool IsDnsName(string text, out object? value, out string? error)
    {
        value = null;
        error = text.Length > 0 && Ascii.IsValid(text)
            ? null
            : $"{Quote.Text(text)} is no name in DNS: an international one is written as there, as in 'xn--bcher-kva.example', and the root as '.'.";
        return error is null;
    }

    private static bool IsDnsType(string text, out object? value, out string? error)
    {
        value = null;
        var name = DnsTypes.Normalise(text);
        error = text.Contains('*', StringComparison.Ordinal) || DnsTypes.IsKnown(name)
            ? null
            : $"There is no type of DNS records {Quote.Text(text)}{NearestName.Hint(text, DnsTypes.Names)} One without a name is written as 'TYPE65000'.";
        return error is null;
    }

    private static bool IsProtocol(string text, out object? value, out string? error)
    {
        (value, error) = (null, null);
        if (PrefaceParsers.TryFind(text, out _))
            return true;
        error = text == NotSupportedYet.ServerFirst
            ? $"The protocol '{text}' cannot be told apart: its server speaks first, with a salt of its own for the log-in that follows, and nobody can do so in its place. Give it an endpoint of its own."
            : NotSupportedYet.Protocols.Contains(text) ? $"The protocol '{text}' is not supported yet."
            : $"There is no protocol {Quote.Text(text)}{NearestName.Hint(text, [.. PrefaceParsers.All.Select(parser => parser.Name), .. NotSupportedYet.Protocols])}";
        return false;
    }
}
