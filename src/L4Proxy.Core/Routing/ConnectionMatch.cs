using System.Net;
using System.Security.Authentication;
using L4Proxy.Configuration;
using L4Proxy.Prefaces;

namespace L4Proxy.Routing;

/// <summary>A route's <c>Match</c> in the form that connections are compared with: lists are OR, fields are AND.</summary>
internal sealed class ConnectionMatch
{
    private readonly IReadOnlyList<string>? _alpn;
    private readonly SslProtocols? _tlsVersions;
    private readonly KnownProtocols? _protocols;
    private readonly IReadOnlyList<AddressRange>? _clientAddresses;
    private readonly IReadOnlyList<AddressRange>? _localAddresses;
    private readonly IReadOnlyList<PortRange>? _localPorts;
    private readonly ProxyHeaderMatch? _proxyHeader;

    private ConnectionMatch(L4Match match)
    {
        Names = Read<ServerNamePattern>(match.Sni, ServerNamePattern.TryParse);
        Regexes = Read<SniRegexPattern>(match.SniRegex, SniRegexPattern.TryParse);
        _alpn = match.Alpn;
        _tlsVersions = Read<SslProtocols>(match.TlsVersions, TlsVersions.TryParse)?.Aggregate(SslProtocols.None, (all, one) => all | one);
        _protocols = Read<KnownProtocols>(match.Protocols, ProtocolName.TryParse)?.Aggregate(KnownProtocols.None, (all, one) => all | one);
        _clientAddresses = Read<AddressRange>(match.ClientAddresses, AddressRange.TryParse);
        _localAddresses = Read<AddressRange>(match.LocalAddresses, AddressRange.TryParse);
        _localPorts = Read<PortRange>(match.LocalPorts, PortRange.TryParse);
        _proxyHeader = match.ProxyProtocol is { } proxyProtocol ? new(proxyProtocol) : null;

        var ofNames = Given(Names, Regexes);
        var ofOtherBytes = Given(_alpn, _tlsVersions, _protocols);
        ConditionCount = ofNames + ofOtherBytes + Given(_clientAddresses, _localAddresses, _localPorts, _proxyHeader);
        HasOnlyNames = ConditionCount == ofNames;
        NeedsBytes = ofNames + ofOtherBytes > 0;
        NeedsAddresses = _clientAddresses is not null || _localAddresses is not null;
    }

    private delegate bool TextForm<T>(string text, out T? value, out string? error);

    /// <summary>Patterns of the server name; null for no condition.</summary>
    public IReadOnlyList<ServerNamePattern>? Names { get; }

    /// <summary>Regular expressions over the server name; null for no condition.</summary>
    public IReadOnlyList<SniRegexPattern>? Regexes { get; }

    /// <summary>How many fields of the match are given.</summary>
    public int ConditionCount { get; }

    /// <summary>Whether there is no condition but those on the server name.</summary>
    public bool HasOnlyNames { get; }

    /// <summary>Whether any condition is on the client's first bytes.</summary>
    public bool NeedsBytes { get; }

    /// <summary>Whether any condition is on an address.</summary>
    public bool NeedsAddresses { get; }

    /// <summary>The ports, if the match is for single ports only; else null.</summary>
    public IEnumerable<int>? SinglePorts =>
        _localPorts is { Count: > 0 } && _localPorts.All(range => range.Count == 1) ? _localPorts.Select(range => range.Low) : null;

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">A text has no valid form, or a field is not supported yet: to ignore it would let more in.</exception>
    public static ConnectionMatch Create(L4Match? match)
    {
        match ??= new L4Match();
        if (match is not
            {
                Ja4: null, Host: null, Path: null, Postgres: null, Mqtt: null, Dns: null, Ssh: null, Bytes: null,
                Schedule: null or { From: null, To: null, Days: null, TimeZone: null }, Not: null, AnyOf: null,
                Custom: null or { Count: 0 },
            })
            throw new ArgumentException("The match has a condition that is not supported yet.", nameof(match));
        return new ConnectionMatch(match);
    }

    /// <summary>Whether every condition holds, apart from those on the server name.</summary>
    public ConditionResult Evaluate(in ConnectionFacts facts)
    {
        if (_localPorts is not null && !ContainsPort(_localPorts, facts.LocalPort)
            || _clientAddresses is not null && !ContainsAddress(_clientAddresses, facts.ClientAddress)
            || _localAddresses is not null && !ContainsAddress(_localAddresses, facts.LocalAddress)
            || _proxyHeader?.Matches(facts.ProxyHeader) == false)
            return ConditionResult.False;

        var protocols = OfProtocols(facts.Preface);
        var hello = OfHello(facts.Preface);
        return protocols < hello ? protocols : hello;
    }

    /// <summary>
    /// Whether each condition here, apart from those on the server name, holds for every connection for which
    /// <paramref name="other"/> holds. May say no where it does, never yes where it does not.
    /// </summary>
    public bool IsImpliedBy(ConnectionMatch other) =>
        (_alpn is null || other._alpn is not null && other._alpn.All(_alpn.Contains))
        && (_tlsVersions is not { } versions || other._tlsVersions is { } fewerVersions && (fewerVersions & ~versions) == SslProtocols.None)
        && (_protocols is not { } protocols || other._protocols is { } fewerProtocols && (fewerProtocols & ~protocols) == KnownProtocols.None)
        && (_clientAddresses is null || other._clientAddresses is not null && Cover(_clientAddresses, other._clientAddresses))
        && (_localAddresses is null || other._localAddresses is not null && Cover(_localAddresses, other._localAddresses))
        && (_localPorts is null
            || other._localPorts is not null && other._localPorts.All(port => _localPorts.Any(range => range.Contains(port))))
        && (_proxyHeader is null || other._proxyHeader is not null && _proxyHeader.IsImpliedBy(other._proxyHeader));

    private ConditionResult OfProtocols(in PrefaceInfo preface)
    {
        if (_protocols is not { } protocols || (protocols & preface.Recognised) != KnownProtocols.None)
            return ConditionResult.True;
        return (protocols & preface.Possible) != KnownProtocols.None ? ConditionResult.Unknown : ConditionResult.False;
    }

    private ConditionResult OfHello(in PrefaceInfo preface)
    {
        if (_alpn is null && _tlsVersions is null)
            return ConditionResult.True;
        if (preface.ClientHello is not { } hello)
            return preface.MayBringClientHello ? ConditionResult.Unknown : ConditionResult.False;
        return (_alpn is null || OffersAny(hello.Alpn, _alpn)) && (_tlsVersions is not { } versions || (hello.Versions & versions) != SslProtocols.None)
            ? ConditionResult.True
            : ConditionResult.False;
    }

    private static bool OffersAny(IReadOnlyList<string> offered, IReadOnlyList<string> wanted)
    {
        // Indexed: a foreach over the interfaces would allocate for every connection.
        for (var i = 0; i < offered.Count; i++)
        {
            for (var j = 0; j < wanted.Count; j++)
            {
                if (offered[i] == wanted[j])
                    return true;
            }
        }

        return false;
    }

    private static bool ContainsPort(IReadOnlyList<PortRange> ranges, int port)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            if (ranges[i].Contains(port))
                return true;
        }

        return false;
    }

    private static bool ContainsAddress(IReadOnlyList<AddressRange> ranges, IPAddress? address)
    {
        for (var i = 0; address is not null && i < ranges.Count; i++)
        {
            if (ranges[i].Contains(address))
                return true;
        }

        return false;
    }

    private static bool Cover(IReadOnlyList<AddressRange> wide, IReadOnlyList<AddressRange> narrow) =>
        narrow.All(range => wide.Any(other => other.Contains(range)));

    private static int Given(params ReadOnlySpan<object?> conditions)
    {
        var count = 0;
        foreach (var condition in conditions)
            count += condition is null ? 0 : 1;
        return count;
    }

    private static T[]? Read<T>(IReadOnlyList<string>? texts, TextForm<T> form) => texts?.Select(text =>
        form(text, out var value, out var error) ? value! : throw new ArgumentException(error, nameof(texts))).ToArray();
}
