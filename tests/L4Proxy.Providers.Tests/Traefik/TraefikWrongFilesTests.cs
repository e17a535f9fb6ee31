using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace L4Proxy.Providers.Tests.Traefik;

/// <summary>Whatever stands in a file: it is said what is wrong with it, and where, and nothing throws.</summary>
public sealed class TraefikWrongFilesTests
{
    private static readonly int s_rounds = Environment.GetEnvironmentVariable("L4PROXY_SOAK") == "1" ? 200_000 : 2_000;

    private const string Whole =
        """
        { "tcp": {
            "routers": { "r": { "rule": "HostSNI(`a.x`) && ClientIP(`10.0.0.0/8`)", "ruleSyntax": "v3", "priority": 5, "entryPoints": ["web"], "service": "w@file", "middlewares": ["m", "n"], "tls": { "passthrough": false, "options": "o", "certResolver": "le", "domains": [{ "main": "x" }] } } },
            "services": { "s": { "loadBalancer": { "servers": [{ "address": "a:1", "tls": true }], "serversTransport": "t", "terminationDelay": 100, "proxyProtocol": { "version": 2 }, "healthCheck": { "port": 1, "send": "x", "expect": "y", "interval": "5s", "unhealthyInterval": "5s", "timeout": 5 } } },
              "w": { "weighted": { "services": [{ "name": "s", "weight": 2 }], "healthCheck": {} } } },
            "middlewares": { "m": { "inFlightConn": { "amount": 3 } }, "n": { "ipAllowList": { "sourceRange": ["10.0.0.0/8"] } } },
            "serversTransports": { "t": { "dialTimeout": "3s", "dialKeepAlive": "-1s", "terminationDelay": "1s", "tls": { "serverName": "x", "insecureSkipVerify": true, "rootCAs": ["ca.pem"], "certificates": [{ "certFile": "c", "keyFile": "k" }] } } } },
          "udp": { "routers": { "u": { "entryPoints": ["udp-5"], "service": "s" } }, "services": { "s": { "loadBalancer": { "servers": [{ "address": "a:1" }] } } } },
          "http": { "routers": { "h": { "rule": "Host(`a.x`) && PathPrefix(`/p`)", "priority": "7", "entryPoints": ["web"], "service": "s", "middlewares": ["m"], "tls": {} } },
            "services": { "s": { "loadBalancer": { "servers": [{ "url": "https://a", "weight": 2, "preservePath": false }], "passHostHeader": true, "strategy": "wrr", "serversTransport": "t", "sticky": {}, "healthCheck": { "path": "/", "port": 4, "hostname": "x" } } } },
            "middlewares": { "m": { "headers": { "customRequestHeaders": { "X-A": "b" } } } },
            "serversTransports": { "t": { "serverName": "x", "forwardingTimeouts": { "dialTimeout": "1s" } } } },
          "tls": { "certificates": [{ "certFile": "a", "keyFile": "b", "stores": ["default"] }], "options": { "o": { "minVersion": "VersionTLS12" } }, "stores": { "default": { "defaultCertificate": { "certFile": "a", "keyFile": "b" } } } } }
        """;

    [Theory]
    [InlineData("[", "r.yaml:1", "It is no YAML: ")]
    [InlineData("a: b: c", "r.yaml:1", "It is no YAML: ")]
    [InlineData("tcp:\n\t- x", "r.yaml:1", "It is no YAML: ")]
    [InlineData("{ tcp: {} ", "r.yaml:1", "It is no YAML: ")]
    [InlineData("a: @x", "r.yaml:1", "It is no YAML: ")]
    [InlineData("- a", "r.yaml:1", "Here should be an object.")]
    [InlineData("text", "r.yaml:1", "Here should be an object.")]
    [InlineData("7", "r.yaml:1", "Here should be an object.")]
    [InlineData("{}\n---\n{}", "r.yaml:3", "A second document begins here, and one is read.")]
    [InlineData("tcp: {}\nudp: {}\ntcp: {}", "r.yaml:3", "'tcp' stands here twice.")]
    [InlineData("tcp:\n  routers:\n    a: {}\n    a: {}", "r.yaml:4", "'a' stands here twice.")]
    [InlineData("tcp: { routers: { ? [a] : {} } }", "r.yaml:1", "A key is a text.")]
    [InlineData("tcp: *x", "r.yaml:1", "There is no '&x' before it.")]
    [InlineData("tcp: &x { routers: *x }", "r.yaml:1", "There is no '&x' before it.")]
    [InlineData("tcp: { <<: 7 }", "r.yaml:1", "What is merged with '<<' is a map, or a list of maps.")]
    [InlineData("tcp: !!python/object:os.system {}\nudp: !evil x", "r.yaml:2", "The tag '!evil' is not known here.")]
    [InlineData("tcp:\n  routers: 7", "r.yaml:2 tcp.routers", "Here should be an object.")]
    [InlineData("tcp:\n  routers:\n    a: x", "r.yaml:3 tcp.routers.a", "Here should be an object.")]
    [InlineData("tcp:\n  unheard: {}", "r.yaml:2 tcp.unheard", "Nothing in L4Proxy is like it, or nothing that is known of here.")]
    [InlineData("tls:\n  certificates:\n    - { certFile: a.pem }", "r.yaml:3 tls.certificates[0].keyFile", "It needs both, the certificate and its key.")]
    [InlineData("tls:\n  certificates:\n    - { certFile: '-----BEGIN CERTIFICATE-----', keyFile: k }", "r.yaml:3 tls.certificates[0].certFile", "In L4Proxy it is the path of a file.")]
    public void A_file_that_is_wrong_in_itself_is_an_error_with_its_line(string text, string path, string message)
    {
        var imported = Files.Import([("r.yaml", text)]);

        var error = Assert.Single(imported.Errors);
        Assert.Equal(path, error.Path);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(imported.Config.Routes!);
    }

    [Theory]
    [InlineData("entryPoints: [nowhere]", "r.yaml:4 tcp.routers.r.entryPoints", "There is no entry point 'nowhere': say where it listens.")]
    [InlineData("entryPoints: [udp-7]", "r.yaml:4 tcp.routers.r.entryPoints", "The entry point 'udp-7' is UDP.")]
    [InlineData("entryPoints: 7", "r.yaml:4 tcp.routers.r.entryPoints", "Here should be a list of texts.")]
    [InlineData("entryPoints: [web], service: x", "r.yaml:4 tcp.routers.r.service", "None of the files has 'tcp.services.x'.")]
    [InlineData("entryPoints: [web], service: x@docker", "r.yaml:4 tcp.routers.r.service", "'x@docker' is of another provider, which is not read here.")]
    [InlineData("entryPoints: [web], service: api@internal", "r.yaml:4 tcp.routers.r.service", "'api@internal' is part of Traefik itself, and nothing here is like it.")]
    [InlineData("entryPoints: [web], service: [s]", "r.yaml:4 tcp.routers.r.service", "Here should be a text.")]
    [InlineData("entryPoints: [web], service: both", "r.yaml:10 tcp.services.both", "It should have a 'loadBalancer' or 'weighted', one of the two.")]
    [InlineData("entryPoints: [web], service: round", "r.yaml:12 tcp.services.round.weighted.services[0].name", "Services of services are at most 8 deep.")]
    [InlineData("entryPoints: [web], service: mixed", "r.yaml:13 tcp.services.mixed.loadBalancer.servers", "Some are spoken to in TLS, or in another HTTP, and some are not, and in L4Proxy that is the cluster's: make two services of them.")]
    [InlineData("entryPoints: [web], service: alike", "r.yaml:14 tcp.services.alike.weighted.services[1].name", "Its servers are spoken to or checked in another way than those before it, and in L4Proxy that is the cluster's.")]
    [InlineData("entryPoints: [web], service: trust", "r.yaml:22 tcp.serversTransports.trust.tls.peerCertSANs", "Nothing in L4Proxy is like it, and without it others would be trusted, too.")]
    [InlineData("entryPoints: [web], middlewares: [x]", "r.yaml:4 tcp.routers.r.middlewares", "None of the files has 'tcp.middlewares.x'.")]
    [InlineData("entryPoints: [web], middlewares: [odd]", "r.yaml:18 tcp.middlewares.odd.rateLimit", "There is no such middleware of TCP: there are 'ipAllowList' and 'inFlightConn'.")]
    [InlineData("entryPoints: [web], middlewares: [bad]", "r.yaml:19 tcp.middlewares.bad.ipAllowList.sourceRange", "'10.0.0.0/99' must have a prefix length of 0 to 32 after the '/'.")]
    [InlineData("entryPoints: [web], middlewares: [all]", "r.yaml:20 tcp.middlewares.all.ipAllowList.sourceRange", "It needs addresses.")]
    [InlineData("entryPoints: [web], middlewares: 7", "r.yaml:4 tcp.routers.r.middlewares", "Here should be a list of texts.")]
    [InlineData("entryPoints: [web], tls: {}", "r.yaml:4 tcp.routers.r.tls", "There is no certificate for it: 'tls.certificates' has none. The router is not carried over.")]
    [InlineData("entryPoints: [web], tls: { options: x }", "r.yaml:4 tcp.routers.r.tls.options", "None of the files has 'tls.options.x'. The router is not carried over.")]
    [InlineData("entryPoints: [web], tls: { options: mtls }", "r.yaml:4 tcp.routers.r.tls.options", "'mtls' asks clients for certificates, and these files do not say for which endpoints: give them 'ClientCertificate'. The router 'r' is not carried over.")]
    [InlineData("entryPoints: [web], tls: yes", "r.yaml:4 tcp.routers.r.tls", "Here should be an object.")]
    [InlineData("entryPoints: [web], tls: { passthrough: perhaps }", "r.yaml:4 tcp.routers.r.tls.passthrough", "Here should be true or false.")]
    [InlineData("entryPoints: [web], unheard: 1", "r.yaml:4 tcp.routers.r.unheard", "Nothing in L4Proxy is like it, or nothing that is known of here.")]
    public void A_router_that_cannot_be_carried_over_is_an_error_with_its_line_and_path(string router, string path, string message)
    {
        var service = router.Contains("service:", StringComparison.Ordinal) ? "" : ", service: s";
        var imported = Files.Import([("r.yaml",
            $$"""
            # A comment
            tcp:
              routers:
                r: { rule: 'HostSNI(`*`)', {{router}}{{service}} }
              services:
                s: { loadBalancer: { servers: [ { address: "a:1" } ] } }
                p: { loadBalancer: { servers: [ { address: "a:1" } ], proxyProtocol: {} } }

                # A comment
                both: { loadBalancer: {}, weighted: {} }

                round: { weighted: { services: [ { name: round } ] } }
                mixed: { loadBalancer: { servers: [ { address: "a:1" }, { address: "b:1", tls: true } ] } }
                alike: { weighted: { services: [ { name: s }, { name: p } ] } }
                trust: { loadBalancer: { servers: [ { address: "a:1", tls: true } ], serversTransport: trust } }

              middlewares:
                odd: { rateLimit: {} }
                bad: { ipAllowList: { sourceRange: [10.0.0.0/99] } }
                all: { ipAllowList: { } }
              serversTransports:
                trust: { tls: { peerCertSANs: [ { type: dns } ] } }
            tls: { options: { mtls: { clientAuth: { clientAuthType: RequireAnyClientCert } } } }
            """)]);

        Assert.Contains($"{path}: {message}", imported.Errors.Select(error => error.ToString()));
        Assert.Equal(router.Contains("unheard", StringComparison.Ordinal) ? 1 : 0, imported.Config.Routes!.Count);
    }

    [Theory]
    [InlineData("servers: [ { address: 'a' } ]", "servers[0].address", "'a' is no 'host:port': the server is left out.")]
    [InlineData("servers: [ { address: '{x}:1' } ]", "servers[0].address", "'{x}:1' is no 'host:port': the server is left out.")]
    [InlineData("servers: [ { address: 'unix:/x' } ]", "servers[0].address", "'unix:/x' is no 'host:port': the server is left out.")]
    [InlineData("servers: [ { address: 'a:1', weight: 3 } ]", "servers[0].weight", "Nothing in L4Proxy is like it, or nothing that is known of here.")]
    [InlineData("servers: [ { address: 'a:1' } ], proxyProtocol: { version: 3 }", "proxyProtocol.version", "There is no version 3.")]
    [InlineData("servers: [ { address: 'a:1' } ], terminationDelay: soon", "terminationDelay", "Here should be a whole number.")]
    [InlineData("servers: [ { address: 'a:1' } ], healthCheck: { interval: soon }", "healthCheck.interval", "Here should be a duration, as '30s'.")]
    [InlineData("servers: [ { address: 'a:1' } ], healthCheck: { unhealthyInterval: 3s }", "healthCheck.unhealthyInterval", "In L4Proxy one interval is for all.")]
    public void What_of_a_service_is_not_carried_over_is_an_error(string balancer, string path, string message)
    {
        var imported = Files.Import($"tcp:\n  routers: {{ r: {{ rule: 'HostSNI(`*`)', entryPoints: [web], service: s }} }}\n  services: {{ s: {{ loadBalancer: {{ {balancer} }} }} }}");

        Assert.Equal([$"routes.yaml:3 tcp.services.s.loadBalancer.{path}: {message}"], imported.Errors.Select(error => error.ToString()));
        Assert.Single(imported.Config.Routes!);
    }

    [Theory]
    [InlineData("strategy: leasttime", "strategy", "L4Proxy has no policy like 'leasttime'.")]
    [InlineData("sticky: { cookie: {} }", "sticky", "Nothing in L4Proxy is like it, or nothing that is known of here.")]
    [InlineData("healthCheck: { path: 'a b' }", "healthCheck.path", "It is no path.")]
    [InlineData("healthCheck: { hostname: '{x}' }", "healthCheck.hostname", "It is no name.")]
    [InlineData("healthCheck: { status: 204 }", "healthCheck.status", "Nothing in L4Proxy is like it, or nothing that is known of here.")]
    public void What_of_a_service_of_HTTP_is_not_carried_over_is_a_warning(string balancer, string path, string message)
    {
        var imported = Files.Import(
            $"http:\n  routers: {{ r: {{ rule: 'Host(`a.x`)', entryPoints: [web], service: s }} }}\n  services: {{ s: {{ loadBalancer: {{ servers: [ {{ url: 'http://a:1' }} ], {balancer} }} }} }}");

        Assert.Empty(imported.Errors);
        Assert.Single(imported.Config.Routes!);
        Assert.Equal([$"routes.yaml:3 http.services.s.loadBalancer.{path}: {message}"], imported.Warnings.Select(warning => warning.ToString()));
        Files.AssertValid(imported);
    }

    [Theory]
    [InlineData("middlewares: [auth]", "middlewares", "Nothing in L4Proxy is like 'auth' (basicAuth), and so the router is not carried over.")]
    [InlineData("middlewares: [strip]", "middlewares", "Nothing in L4Proxy is like 'strip' (digestAuth), and so the router is not carried over.")]
    [InlineData("middlewares: [host]", "middlewares", "Nothing in L4Proxy is like 'host' (headers), and so the router is not carried over.")]
    [InlineData("middlewares: [x@docker]", "middlewares", "'x@docker' is of another provider, which is not read here.")]
    [InlineData("service: mirror", "service", "'mirror' is not carried over, and so the router is not.")]
    [InlineData("service: own", "service", "'own' is not carried over, and so the router is not.")]
    [InlineData("service: none", "service", "It has no servers, and so the router is not carried over.")]
    [InlineData("tls: {}", "tls", "There is no certificate for it: 'tls.certificates' has none. The router is not carried over.")]
    public void What_of_HTTP_is_not_carried_over_is_a_warning(string router, string path, string message)
    {
        var service = router.Contains("service:", StringComparison.Ordinal) ? "" : ", service: s";
        var imported = Files.Import(
            $$"""
            http:
              routers: { r: { rule: 'Host(`a.x`)', entryPoints: [web], {{router}}{{service}} } }
              services:
                s: { loadBalancer: { servers: [ { url: "http://a:1" } ] } }
                mirror: { mirroring: { service: s } }
                own: { loadBalancer: { servers: [ { url: "http://a:1" } ], passHostHeader: false } }
                none: { loadBalancer: { servers: [ { url: "ftp://a:1" } ] } }
              middlewares: { auth: { basicAuth: {} }, strip: { digestAuth: { users: [x] } }, host: { headers: { customRequestHeaders: { host: x } } } }
            """);

        Assert.Empty(imported.Errors);
        Assert.Empty(imported.Config.Routes!);
        Assert.Contains($"routes.yaml:2 http.routers.r.{path}: {message}", imported.Warnings.Select(warning => warning.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("0")]
    [InlineData("70000")]
    [InlineData("9-1")]
    [InlineData("80/sctp")]
    [InlineData("host:80")]
    [InlineData("host name:80")]
    public void An_entry_point_that_listens_nowhere_is_an_error(string address)
    {
        var imported = Files.Import("{}", ("web", address));

        Assert.Equal("EntryPoints:web", Assert.Single(imported.Errors).Path);
    }

    [Fact]
    public void A_name_in_two_files_is_an_error_that_names_both()
    {
        var imported = Files.Import([("b.yaml", "tcp:\n  services: { s: {} }"), ("a.yaml", "tcp: { services: { s: {} } }"), ("c.yaml", "http: { services: { s: {} } }")]);

        Assert.Equal(["b.yaml:2 tcp.services.s: 'a.yaml' has 'tcp.services.s', too, and it is taken from there."], imported.Errors.Select(error => error.ToString()));
    }

    [Fact]
    public void What_is_no_YAML_by_its_name_is_not_read()
    {
        var imported = Files.Import([("a.yaml.tmp", "["), ("b.toml", "["), ("README.md", "["), ("c.yaml", "{}")]);

        Assert.Equal(["b.toml"], imported.Errors.Select(error => error.Path));
        Assert.Equal(["README.md"], imported.Warnings.Select(warning => warning.Path));
    }

    [Fact]
    public void Aliases_of_aliases_are_bounded()
    {
        var laughs = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var i = 1; i < 30; i++)
            laughs.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");

        Assert.Equal("With all that its aliases stand for the file is too large.", Assert.Single(Files.Import(laughs.ToString()).Errors).Message);
        var deep = new StringBuilder("a0: &a0 []\n");
        for (var i = 1; i < 200; i++)
            deep.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}]\n");
        Assert.Equal("Lists and maps are at most 32 deep in each other, what aliases stand for included.", Assert.Single(Files.Import(deep.ToString()).Errors).Message);
    }

    [Theory]
    [InlineData("[", "")]
    [InlineData("{a: ", "")]
    [InlineData("- ", "")]
    [InlineData("[", "]")]
    public void Depth_is_bounded(string open, string close)
    {
        var imported = Files.Import(string.Concat(Enumerable.Repeat(open, 100_000)) + string.Concat(Enumerable.Repeat(close, 100_000)));

        Assert.Single(imported.Errors);
    }

    [Theory]
    [InlineData("!")]
    [InlineData("(")]
    [InlineData("HostSNI(`a`)&&(")]
    [InlineData("ALPN(`a`)&&")]
    [InlineData("(ALPN(`a`)||ClientIP(`::1`))&&")]
    public void Rules_are_bounded(string part)
    {
        var imported = Files.Import($"tcp: {{ routers: {{ r: {{ rule: '{string.Concat(Enumerable.Repeat(part, 2000))}ALPN(`b`)', service: s, entryPoints: [web], tls: {{ passthrough: true }} }} }} }}");

        Assert.Contains("routes.yaml:1 tcp.routers.r.rule", imported.Errors.Select(error => error.Path));
    }

    /// <summary>What is long takes time for each byte, and not for each byte as often as there are bytes.</summary>
    [Theory]
    [InlineData("k: ", "a", "")]
    [InlineData("[", "a ", "]")]
    [InlineData("[", "a,", "]")]
    [InlineData("k: \"", "\\x41", "\"")]
    [InlineData("k: '", "''", "'")]
    [InlineData("k: |\n", "  a\n", "")]
    [InlineData("", "#\n", "")]
    [InlineData("", "\n", "")]
    [InlineData("", "- - a\n", "")]
    [InlineData("", "? ", "")]
    [InlineData("", "&a ", "")]
    [InlineData("{", "a: ", "}")]
    [InlineData("{", "? ", "}")]
    [InlineData("", "--- {}\n", "")]
    [InlineData("", "%TAG ! x\n", "")]
    [InlineData("k: ", "\t", "")]
    public void Long_files_are_read_in_time(string begin, string part, string end)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        _ = Files.Import(begin + string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length)) + end);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), watch.Elapsed.ToString());
    }

    [Fact]
    public void Random_bytes_are_an_error_at_most() => Gen.Byte.Array[0, 300].Sample(bytes => Parse(bytes), iter: s_rounds);

    [Fact]
    public void Files_with_some_bytes_changed_are_an_error_at_most()
    {
        var texts = TraefikImportTests.Platform.Select(file => Encoding.UTF8.GetBytes(file.Text)).Append(Encoding.UTF8.GetBytes(Whole)).ToArray();
        const string Marks = "{}[]:,-&*!|>'\"\n \t#%@`";
        var change = Gen.Select(Gen.Int[0, 4000], Gen.Int[0, 255 + Marks.Length].Select(i => (byte)(i > 255 ? Marks[i - 256] : i)), Gen.Int[0, 2]);
        Gen.Select(Gen.Int[0, texts.Length - 1], change.Array[1, 8]).Sample((file, changes) => Parse(changes.Aggregate(texts[file], Change)), iter: s_rounds);
    }

    [Fact]
    public void Random_rules_are_an_error_at_most()
    {
        string[] parts = ["HostSNI(`a.x`)", "HostSNI(`*`)", "HostSNIRegexp(`^(a|b)[^.]*$`)", "HostSNIRegexp(`{x:[a-z]+}.y`)", "ClientIP(`10.0.0.0/8`)", "ALPN(\"h2\")", "Host(`a.x`)", "PathPrefix(`/p`)",
            " && ", " || ", "!", "(", ")", "`", "\"", ",", "\\", "{", "[", "$", " "];
        Gen.Int[0, parts.Length - 1].Array[1, 24].Sample(picked =>
        {
            var rule = new JsonObject { ["rule"] = string.Concat(picked.Select(i => parts[i])), ["service"] = "s", ["entryPoints"] = new JsonArray("web"), ["tls"] = new JsonObject { ["passthrough"] = true } };
            var document = JsonNode.Parse(Whole)!;
            document["tcp"]!["routers"]!["r"] = rule;
            document["http"]!["routers"]!["h"]!["rule"] = rule["rule"]!.DeepClone();
            Files.AssertValid(Parse(Encoding.UTF8.GetBytes(document.ToJsonString())));
        }, iter: s_rounds);
    }

    /// <summary>Whatever stands where something else is expected is an error at most.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("9223372036854775807")]
    [InlineData("-1e300")]
    [InlineData("\"x\"")]
    [InlineData("\"\"")]
    [InlineData("\"s\"")]
    [InlineData("[]")]
    [InlineData("[null, 7, {}]")]
    [InlineData("[\"x\"]")]
    [InlineData("{}")]
    [InlineData("true")]
    public void Any_value_may_be_of_any_type(string instead)
    {
        var count = Places(JsonNode.Parse(Whole)!).Count();
        for (var i = 0; i < count; i++)
        {
            var document = JsonNode.Parse(Whole)!;
            Places(document).ElementAt(i)(JsonNode.Parse(instead));
            Files.AssertValid(Parse(Encoding.UTF8.GetBytes(document.ToJsonString())));
        }
    }

    private static byte[] Change(byte[] text, (int At, byte Value, int Kind) change)
    {
        var at = change.At % Math.Max(text.Length, 1);
        return change.Kind switch
        {
            0 => [.. text[..at], change.Value, .. text[at..]],
            1 => [.. text[..at], .. text.Skip(at + 1)],
            _ => [.. text[..at], change.Value, .. text.Skip(at + 1)],
        };
    }

    private static L4ImportResult Parse(byte[] content)
    {
        var imported = L4TraefikImport.Parse([new("x.yaml", content)], new() { EntryPoints = new Dictionary<string, string> { ["web"] = "80" } });
        _ = imported.ToJson();
        Assert.All(imported.Errors.Concat(imported.Warnings), note => Assert.StartsWith("x.yaml", note.Path, StringComparison.Ordinal));
        return imported;
    }

    private static IEnumerable<Action<JsonNode?>> Places(JsonNode node) => node switch
    {
        JsonObject o => o.ToList().SelectMany(item => (item.Value is null ? [] : Places(item.Value)).Prepend(value => o[item.Key] = value)),
        JsonArray a => a.ToList().SelectMany((item, i) => (item is null ? [] : Places(item)).Prepend(value => a[i] = value)),
        _ => [],
    };
}
