using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Addresses;
using L4Proxy.Configuration;

namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>The rule of a TCP router.</summary>
/// <param name="text">As it is written.</param>
/// <param name="rule">What it says.</param>
/// <param name="isSecond">Whether it is of the second version of rules.</param>
internal sealed class TcpRule(string text, RuleNode rule, bool isSecond)
{
    private const string HostSni = "HostSNI";
    private const string Everything = "*";
    private const int CatchAllPriority = -1;

    /// <summary>What Traefik sorts it by, where its router says nothing else: the longer one first, and last what takes everything.</summary>
    public long Priority => rule is RuleCall { Arguments: [Everything] } call && call.Is(HostSni) || rule is RuleNot { Inner: RuleCall { Arguments: [Everything] } not } && not.Is(HostSni)
        ? CatchAllPriority
        : Encoding.UTF8.GetByteCount(text);

    /// <summary>Whether it asks for a name, which only TLS has.</summary>
    public bool AsksForName => rule.Calls.FirstOrDefault(call => call.Is(HostSni)) is { Arguments: [not Everything, ..] };

    /// <summary>What it is here.</summary>
    /// <param name="isTls">Whether it is asked about clients of TLS; of others nothing is known but their address.</param>
    /// <exception cref="FormatException">It is wrong, or nothing here is like it.</exception>
    public RuleMatch Match(bool isTls) => Match(rule, isTls);

    private RuleMatch Match(RuleNode node, bool isTls) => node switch
    {
        RuleNot not => RuleMatch.Not(Match(not.Inner, isTls)),
        RuleList { IsAnd: true } list => RuleMatch.And(list.Parts.Select(part => Match(part, isTls)).ToList()),
        RuleList list => RuleMatch.Or(list.Parts.Select(part => Match(part, isTls)).ToList()),
        _ => Call((RuleCall)node, isTls),
    };

    private RuleMatch Call(RuleCall call, bool isTls)
    {
        if (call.Arguments.Count == 0 || call.Arguments.Contains(""))
            throw new FormatException($"'{call.Name}' needs a text.");
        if (call.Is(HostSni))
            return RuleMatch.Or(call.Arguments.Select(name => Name(name, isTls)).ToList());
        if (call.Is("HostSNIRegexp"))
            return RuleMatch.Or(call.Arguments.Select(pattern => Expression(pattern, isTls)).ToList());
        if (call.Is("ClientIP"))
            return RuleMatch.Of(new L4Match { ClientAddresses = [.. call.Arguments.Select(RangeOf).Distinct()] });
        if (call.Is("ALPN"))
            return Alpn(call.Arguments, isTls);
        throw new FormatException($"There is no matcher '{call.Name}' of TCP: there are 'HostSNI', 'HostSNIRegexp', 'ClientIP' and 'ALPN'.");
    }

    private RuleMatch Name(string name, bool isTls)
    {
        if (name == Everything)
            return RuleMatch.Always;
        var written = NamePattern.OfName(name, mayBeWildcard: !isSecond);
        return isTls ? RuleMatch.Of(new L4Match { Sni = [written] }) : RuleMatch.Never;
    }

    private RuleMatch Expression(string text, bool isTls)
    {
        var pattern = NamePattern.OfRegex(text, isSecond);
        if (!isTls)
            return RuleMatch.Of(NamePattern.MatchesNothing(pattern));
        var match = RuleMatch.Of(new L4Match { SniRegex = [pattern] });
        // A client that names nobody has the empty name there.
        return NamePattern.MatchesNothing(pattern) ? RuleMatch.Or([match, RuleMatch.Of(new L4Match { Sni = [""] })]) : match;
    }

    private static RuleMatch Alpn(IReadOnlyList<string> protocols, bool isTls)
    {
        if (protocols.Contains("acme-tls/1"))
            throw new FormatException("'acme-tls/1' is not for routers.");
        if (protocols.Any(protocol => Encoding.UTF8.GetByteCount(protocol) > byte.MaxValue))
            throw new FormatException("A protocol has at most 255 bytes.");
        return isTls ? RuleMatch.Of(new L4Match { Alpn = [.. protocols.Distinct()] }) : RuleMatch.Never;
    }

    /// <summary>An address or a block, as it is written here: with no bits behind its prefix.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string RangeOf(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && IPAddress.TryParse(text.AsSpan(0, slash), out var address) && !address.IsIPv4MappedToIPv6
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            && prefix <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128))
            text = $"{NetworkOf(address, prefix)}/{prefix}";
        return AddressRange.TryParse(text, out _, out var error) ? text : throw new FormatException(error);
    }

    private static IPAddress NetworkOf(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(prefix - (i * 8), 0, 8));
        return new(bytes);
    }
}
