using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Routing.Matchers;
using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>What no match may say, each with its path and advice; inside of others as outside.</summary>
public class MatchValidationTests
{
    /// <summary>Patterns and the errors of them, at the place of the pattern.</summary>
    public static TheoryData<string, string> Patterns => new()
    {
        { "*.*.x", "'*.*.x' may have a wildcard or a capture only as its first whole labels, as in '*.example.com'." },
        { "a.*.x", "'a.*.x' may have a wildcard or a capture only as its first whole labels, as in '*.example.com'." },
        { "a*.x", "'a*.x' may have a wildcard or a capture only as its first whole labels, as in '*.example.com'." },
        { "a.{b}.x", "'a.{b}.x' may have a wildcard or a capture only as its first whole labels, as in '*.example.com'." },
        { "{b}", "'{b}' must have a whole label in braces and a suffix after it, as in '{name}.example.com'." },
        { "{a}.{a}.x", "'a' is not a capture's name, or is used twice: 1 to 64 letters, digits or '_'." },
        { "{**a}.{b}.x", "'{**a}.{b}.x' may have no other capture beside one of many labels ('{**name}')." },
        { "a..x", "'a..x' is not a host name: labels of 1 to 63 letters, digits, '-' or '_', 253 characters in all." },
        { ".x", "'.x' is not a host name: labels of 1 to 63 letters, digits, '-' or '_', 253 characters in all." },
        { "*.", "'' is not a host name: labels of 1 to 63 letters, digits, '-' or '_', 253 characters in all." },
        { "a b.x", "'a b.x' is not a host name: labels of 1 to 63 letters, digits, '-' or '_', 253 characters in all." },
        { " a.x", "' a.x' is not a host name: labels of 1 to 63 letters, digits, '-' or '_', 253 characters in all." },
        { "a_\u2603\u0000.x", "'a_\u2603\ufffd.x' is not a valid international host name." },
        { "xn--a-\u00e9.x", "'xn--a-\u00e9.x' is not a valid international host name." },
        { "a.x:443", "'a.x:443' is not a host name; TLS carries neither a port nor an IP address as a server name (RFC 6066 section 3)." },
        { "10.0.0.1", "'10.0.0.1' reads as an IP address; TLS carries neither a port nor an IP address as a server name (RFC 6066 section 3)." },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_wrong_pattern_is_an_error_wherever_it_stands(string pattern, string error)
    {
        foreach (var (match, path) in new (L4Match, string)[]
        {
            (new() { Sni = ["a.test", pattern] }, "Sni:1"),
            (new() { Not = new() { Sni = [pattern] } }, "Not:Sni:0"),
            (new() { AnyOf = [new() { LocalPorts = ["1"] }, new() { Not = new() { Sni = [pattern] } }] }, "AnyOf:1:Not:Sni:0"),
        })
            Assert.Equal([$"L4Proxy:Routes:r:Match:{path}: {error}"], Errors(Route(match)));
    }

    [Theory]
    [InlineData("""{ "Bytes": [{}] }""", "Bytes:0: Exactly one of 'Hex', 'Text' and 'Regex' says which bytes; none is given.")]
    [InlineData("""{ "Bytes": [{ "Hex": "16", "Text": "a" }] }""", "Bytes:0: Exactly one of 'Hex', 'Text' and 'Regex' says which bytes; more is given.")]
    [InlineData("""{ "Bytes": [{ "Hex": "16 3" }] }""", "Bytes:0:Hex: '16 3' is not hexadecimal: two digits for each byte, as in '16 03 01'.")]
    [InlineData("""{ "Bytes": [{ "Hex": "zz" }] }""", "Bytes:0:Hex: 'zz' is not hexadecimal: two digits for each byte, as in '16 03 01'.")]
    [InlineData("""{ "Bytes": [{ "Hex": " " }] }""", "Bytes:0:Hex: There is no byte in it, and it would match everything.")]
    [InlineData("""{ "Bytes": [{ "Text": "a" }, { "Text": "" }] }""", "Bytes:1:Text: There is no byte in it, and it would match everything.")]
    [InlineData("""{ "Bytes": [{ "Regex": "" }] }""", "Bytes:0:Regex: There is no byte in it, and it would match everything.")]
    [InlineData("""{ "Bytes": [{ "Text": "a", "Length": 5 }] }""", "Bytes:0:Length: Only 'Regex' has it: 'Hex' and 'Text' look at as many bytes as they have.")]
    [InlineData("""{ "Bytes": [{ "Regex": "(?=a)" }] }""",
        "Bytes:0:Regex: '(?=a)' needs backtracking (look-around, back-references, atomic groups) or is too large; neither is allowed here.")]
    [InlineData("""{ "Bytes": [{ "Regex": "a", "Offset": 16000, "Length": 400 }] }""",
        "Bytes:0: It looks at the first 16400 bytes, and the endpoint 't' reads 16384 to choose a route: raise its 'MaxPrefaceBytes', or look at fewer.")]
    [InlineData("""{ "AnyOf": [{ "Bytes": [{ "Hex": "16", "Offset": 16384 }] }] }""",
        "AnyOf:0:Bytes:0: It looks at the first 16385 bytes, and the endpoint 't' reads 16384 to choose a route: raise its 'MaxPrefaceBytes', or look at fewer.")]
    [InlineData("""{ "Schedule": { "From": "08:00", "To": "08:00" } }""", "Schedule:To: It is the same time as 'From'; for the whole day leave both out.")]
    [InlineData("""{ "Not": {} }""", "Not: It says nothing, and so can never match: leave it out, or say what the connection must not be like.")]
    [InlineData("""{ "Not": { "Schedule": {}, "Custom": {} } }""", "Not: It says nothing, and so can never match: leave it out, or say what the connection must not be like.")]
    [InlineData("""{ "AnyOf": [{ "ClientAddresses": ["x"] }, { "Not": { "Protocols": ["shh"] } }] }""",
        "AnyOf:0:ClientAddresses:0: 'x' is not an IP address or a CIDR block such as '10.0.0.0/8' or '2001:db8::/32'.|AnyOf:1:Not:Protocols:0: There is no protocol 'shh', did you mean 'ssh'?")]
    [InlineData("""{ "AnyOf": [{ "Protocols": ["quic"] }] }""", "AnyOf:0:Protocols:0: The endpoint 't' is TCP, and quic is spoken over UDP.")]
    public void What_is_wrong_is_said_where_it_stands(string match, string errors) =>
        AssertErrors(Section("t", match), [.. errors.Split('|').Select(error => $"L4Proxy:Routes:r:Match:{error}")]);

    [Theory]
    [InlineData("""{ "Sni": ["a.test"] }""", "Sni: The endpoint 'u' is UDP, where there is no TLS ClientHello to match, unless 'Protocols' is 'quic'.")]
    [InlineData("""{ "Not": { "Sni": ["a.test"] } }""", "Not:Sni: The endpoint 'u' is UDP, where there is no TLS ClientHello to match, unless 'Protocols' is 'quic'.")]
    [InlineData("""{ "AnyOf": [{ "Protocols": ["quic"] }, { "Alpn": ["doq"] }] }""",
        "AnyOf:1:Alpn: The endpoint 'u' is UDP, where there is no TLS ClientHello to match, unless 'Protocols' is 'quic'.")]
    [InlineData("""{ "Not": { "Ssh": {} } }""", "Not:Ssh: The endpoint 'u' is UDP, and SSH is spoken over TCP.")]
    [InlineData("""{ "AnyOf": [{ "Custom": { "m": {} } }] }""",
        "AnyOf:0:Custom: The endpoint 'u' is UDP, and the application's matchers are asked of TCP connections only: no datagram waits for an answer.")]
    public void What_a_datagram_does_not_carry_is_an_error_inside_too(string match, string error) => AssertErrors(Section("u", match), $"L4Proxy:Routes:r:Match:{error}");

    [Theory]
    [InlineData("t", """{ "Bytes": [{ "Hex": "16 03\t01" }, { "Text": "é", "Offset": 16382 }, { "Regex": "^a|b$", "Length": 16384 }], "Schedule": { "From": "00:00", "To": "00:00" } }""")]
    [InlineData("u", """{ "Protocols": ["quic"], "AnyOf": [{ "Sni": ["a.test"] }, { "Not": { "Alpn": ["doq"] } }], "Bytes": [{ "Regex": "a", "Offset": 60000 }] }""")]
    [InlineData("t", """{ "Not": { "AnyOf": [{ "Sni": ["{x}.a.test"] }] }, "Schedule": { "To": "06:00", "Days": ["Monday"] } }""")]
    public void What_is_right_is_right(string endpoint, string match) => AssertErrors(Section(endpoint, match));

    [Fact]
    public void Matches_are_nested_eight_deep()
    {
        var match = new L4Match { LocalPorts = ["1"] };
        for (var depth = 0; depth < 8; depth++)
            match = new L4Match { Not = match };
        Assert.Empty(Errors(Route(match)));

        Assert.Equal(
            [$"L4Proxy:Routes:r:Match:AnyOf:0:{string.Join(':', Enumerable.Repeat("Not", 8))}: Matches may be nested 8 deep; this one is deeper."],
            Errors(Route(new() { AnyOf = [match] })));
    }

    [Fact]
    public void A_member_that_matches_everything_is_odd() => AssertWarnings(
        Section("t", """{ "AnyOf": [{ "Sni": ["a.test"] }, {}] }"""), "L4Proxy:Routes:r:Match:AnyOf:1: It matches everything, and so 'AnyOf' says nothing.");

    [Theory]
    [InlineData("""{ "Protocols": ["ssh", "http"], "Sni": ["a.test"] }""", "Protocols: It can never match: no client says both, 'Sni' and 'Protocols' are of different protocols.")]
    [InlineData("""{ "Not": { "Mqtt": {}, "Host": ["a.test"] } }""", "Not:Mqtt: It can never match: no client says both, 'Host' and 'Mqtt' are of different protocols.")]
    [InlineData("""{ "Postgres": { "Database": ["a"] }, "Sni": ["a.test"] }""", "Postgres: It can never match: a client that shows 'Sni' names database and user inside of TLS.")]
    [InlineData("""{ "Postgres": {}, "Protocols": ["postgres"], "Alpn": ["postgresql"] }""", null)]
    [InlineData("""{ "Postgres": { "User": ["a"] }, "Protocols": ["postgres"] }""", null)]
    [InlineData("""{ "Protocols": ["http2"], "Host": ["a.test"] }""", null)]
    [InlineData("""{ "Protocols": ["tls", "ssh"], "Sni": ["a.test"], "AnyOf": [{ "Mqtt": {} }, { "Ssh": {} }] }""", null)]
    public void What_no_client_says_together_is_odd(string match, string? warning) =>
        AssertWarnings(Section("t", match), warning is null ? [] : [$"L4Proxy:Routes:r:Match:{warning}"]);

    [Fact]
    public void A_PROXY_header_that_nobody_reads_is_odd_inside_too() => AssertWarnings(
        Section("t", """{ "Not": { "ProxyProtocol": { "Authority": ["a"] } } }"""),
        "L4Proxy:Routes:r:Match:Not:ProxyProtocol: It never holds: no endpoint of the route reads PROXY headers; set its 'ProxyProtocol'.");

    [Theory]
    [InlineData("""{ "AnyOf": [{ "Sni": ["{x}.a.test"] }] }""", " What is inside of 'Not' or 'AnyOf' captures nothing: put the name beside them.")]
    [InlineData("""{ "Not": { "SniRegex": ["(?<x>.*)"] }, "Sni": ["*"] }""", " What is inside of 'Not' or 'AnyOf' captures nothing: put the name beside them.")]
    [InlineData("""{ "Sni": ["{y}.a.test"] }""", "")]
    public void What_is_not_captured_is_missed(string match, string advice) => AssertErrors(
        Section("t", match, "{x}.internal:80"),
        $"L4Proxy:Clusters:c:Destinations:d:Address: '{{x}}' must be captured by every 'Sni' pattern of the route 'r', which leads here.{advice}");

    [Theory]
    [InlineData("Europe/Prague", null)]
    [InlineData("UTC", null)]
    [InlineData("Europe/Prag", "There is no time zone 'Europe/Prag', did you mean 'Europe/Prague'?")]
    [InlineData("../../etc/passwd", "There is no time zone '../../etc/passwd'.")]
    public void A_time_zone_is_one_that_the_system_has(string zone, string? error) => Assert.Equal(
        error is null ? [] : [$"L4Proxy:Routes:r:Match:Not:Schedule:TimeZone: {error}"],
        Errors(Route(new() { Not = new() { Schedule = new() { From = new(1, 0), TimeZone = zone } } }), new TimeZoneCheck()));

    [Fact]
    public void A_matcher_is_there_and_checks_its_settings()
    {
        L4Match Asking(string name, params (string, string)[] settings) =>
            new() { Custom = new Dictionary<string, IReadOnlyDictionary<string, string>> { [name] = settings.ToDictionary(item => item.Item1, item => item.Item2) } };
        var check = new ConnectionMatcherCheck(new ConnectionMatchers([new Flag()]));

        Assert.Empty(Errors(Route(Asking("flag", ("name", "x"))), check));
        Assert.Equal(
            ["L4Proxy:Routes:r:Match:Custom:flga: There is no connection matcher 'flga', did you mean 'Flag'?"], Errors(Route(Asking("flga", ("name", "x"))), check));
        Assert.Equal(
            ["L4Proxy:Routes:r:Match:AnyOf:0:Custom:flag: A flag has a 'name'.", "L4Proxy:Routes:r:Match:AnyOf:0:Custom:flag: A flag has no 'value'."],
            Errors(Route(new() { AnyOf = [Asking("flag", ("value", "x"))] }), check));
        Assert.Equal(
            ["L4Proxy:Routes:r:Match:Custom:Flag: The matcher could not check its settings: not that one"], Errors(Route(Asking("Flag", ("name", ""))), check));
    }

    private static string[] Errors(L4Config config, params IConfigCheck[] checks)
    {
        var errors = new List<L4ConfigError>();
        ConfigValidator.Validate(config, errors, [], checks);
        return [.. errors.Select(error => error.ToString())];
    }

    private static L4Config Route(L4Match match) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["t"] = new() { Url = "tcp://*:1" } },
        Routes = new Dictionary<string, L4Route> { ["r"] = new() { Action = L4RouteAction.Reject, Match = match } },
    };

    private static string Section(string endpoint, string match, string address = "10.0.0.1:80") => $$"""
        {
          "Endpoints": { "u": { "Url": "udp://*:1" }, "t": { "Url": "tcp://*:1" } },
          "Routes": { "r": { "Endpoints": ["{{endpoint}}"], "ClusterId": "c", "Match": {{match}} } },
          "Clusters": { "c": { "Destinations": { "d": { "Address": "{{address}}" } } } }
        }
        """;

    private sealed class Flag : IL4ConnectionMatcher
    {
        public string Name => "Flag";

        public ValueTask<bool> MatchesAsync(L4ConnectionMatcherContext context, CancellationToken cancellationToken) => new(true);

        public IEnumerable<string> Validate(IReadOnlyDictionary<string, string> settings)
        {
            if (!settings.TryGetValue("name", out var name))
                yield return "A flag has a 'name'.";
            else if (name.Length == 0)
                throw new InvalidOperationException("not that one");
            if (settings.ContainsKey("value"))
                yield return "A flag has no 'value'.";
        }
    }
}
