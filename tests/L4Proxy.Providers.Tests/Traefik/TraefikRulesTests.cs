using CsCheck;

namespace L4Proxy.Providers.Tests.Traefik;

/// <summary>Which router has a connection: what Traefik's documentation and the tests of its rules say, asked of the table that connections are routed by.</summary>
public sealed class TraefikRulesTests
{
    // Each router is its name, 'tls' (passed through), 'plain' or 'v2' (tls, in the second version of rules), perhaps its priority, and its rule.
    [Theory]
    // Names.
    [InlineData("a tls HostSNI(`example.com`)", "sni=example.com", "a")]
    [InlineData("a tls HostSNI(`example.com`)", "sni=EXAMPLE.com", "a")]
    [InlineData("a tls HostSNI(`Example.COM`)", "sni=example.com", "a")]
    [InlineData("a tls HostSNI(`example.com`)", "sni=example.org", "None")]
    [InlineData("a tls HostSNI(`example.com`)", "sni=www.example.com", "None")]
    [InlineData("a tls HostSNI(`example.com`)", "sni=", "None")]
    [InlineData("a tls HostSNI(`example.com`)", "host=example.com", "None")]
    [InlineData("a tls HostSNI(`example.com`)", "", "None")]
    [InlineData("a tls HostSNI(`example.com.`)", "sni=example.com", "a")]
    [InlineData("a tls HostSNI(`foo_bar.example.com`)", "sni=foo_bar.example.com", "a")]
    [InlineData("a tls HostSNI(`xn--9t9h.com`)", "sni=xn--9t9h.com", "a")]
    [InlineData("a tls HostSNI(`*.example.com`)", "sni=foo.example.com", "a")]
    [InlineData("a tls HostSNI(`*.example.com`)", "sni=example.com", "None")]
    [InlineData("a tls HostSNI(`*.example.com`)", "sni=a.b.example.com", "None")]
    // Everything, of TLS and of others.
    [InlineData("a tls HostSNI(`*`)", "sni=example.com", "a")]
    [InlineData("a tls HostSNI(`*`)", "sni=", "a")]
    [InlineData("a tls HostSNI(`*`)", "host=example.com", "None")]
    [InlineData("a plain HostSNI(`*`)", "", "a")]
    [InlineData("a plain HostSNI(`*`)", "host=example.com", "a")]
    [InlineData("a plain HostSNI(`*`)", "sni=example.com", "a")]
    [InlineData("a plain HostSNI(`*`) ;; b tls HostSNI(`b.example.com`)", "sni=b.example.com", "b")]
    [InlineData("a plain HostSNI(`*`) ;; b tls HostSNI(`b.example.com`)", "sni=a.example.com", "None")]
    [InlineData("a plain HostSNI(`*`) ;; b tls HostSNI(`b.example.com`)", "sni=", "None")]
    [InlineData("a plain HostSNI(`*`) ;; b tls HostSNI(`b.example.com`)", "host=b.example.com", "a")]
    [InlineData("a plain HostSNI(`*`) ;; b tls HostSNI(`b.example.com`)", "", "a")]
    [InlineData("a plain 900 HostSNI(`*`) ;; b tls HostSNI(`*`)", "sni=x", "b")]
    [InlineData("a plain HostSNI(`*`) ;; b tls 900 HostSNI(`*`)", "host=x", "a")]
    // The longer rule, or the higher priority.
    [InlineData("a tls HostSNI(`example.com`) ;; b tls HostSNI(`example.com`) && ALPN(`h2`)", "sni=example.com alpn=h2", "b")]
    [InlineData("a tls HostSNI(`example.com`) ;; b tls HostSNI(`example.com`) && ALPN(`h2`)", "sni=example.com alpn=http/1.1", "a")]
    [InlineData("a tls 100 HostSNI(`example.com`) ;; b tls HostSNI(`example.com`) && ALPN(`h2`)", "sni=example.com alpn=h2", "a")]
    [InlineData("a tls HostSNI(`foo.example.com`) ;; b tls HostSNIRegexp(`^.+\\.example\\.com$`)", "sni=foo.example.com", "b")]
    [InlineData("a tls 99 HostSNI(`foo.example.com`) ;; b tls HostSNIRegexp(`^.+\\.example\\.com$`)", "sni=foo.example.com", "a")]
    [InlineData("a tls HostSNI(`*.example.com`) ;; b tls HostSNI(`foo.example.com`)", "sni=foo.example.com", "b")]
    [InlineData("a tls HostSNI(`*.example.com`) ;; b tls HostSNI(`foo.example.com`)", "sni=bar.example.com", "a")]
    [InlineData("a tls HostSNI(`*`) ;; b tls HostSNI(`x.y`)", "sni=x.y", "b")]
    [InlineData("a tls HostSNI(`*`) ;; b tls HostSNI(`x.y`)", "sni=z", "a")]
    [InlineData("a tls 100 HostSNI(`*`) ;; b tls HostSNI(`x.y`)", "sni=x.y", "a")]
    [InlineData("a tls HostSNI(`*`) && ALPN(`mqtt`) ;; b tls HostSNI(`a.b`)", "sni=a.b alpn=mqtt", "a")]
    [InlineData("a tls HostSNI(`*`) && ALPN(`mqtt`) ;; b tls HostSNI(`a.b`)", "sni=a.b alpn=h2", "b")]
    [InlineData("a tls -5 HostSNI(`x.y`) ;; b tls HostSNI(`*`)", "sni=x.y", "b")]
    [InlineData("a tls 0 HostSNI(`longer.example.com`) ;; b tls 5 HostSNI(`*`)", "sni=longer.example.com", "a")]
    [InlineData("a tls 1 HostSNI(`longer.example.com`) ;; b tls 5 HostSNI(`*`)", "sni=longer.example.com", "b")]
    [InlineData("a plain HostSNI(`*`) ;; b plain HostSNIRegexp(`.*`)", "", "b")]
    // Of a tie Traefik says nothing; here the more specific name is first, then the name of the router.
    [InlineData("z tls HostSNI(`a.example.com`) ;; b tls HostSNI(`*.example.com`)", "sni=a.example.com", "z")]
    // Clients.
    [InlineData("a tls HostSNI(`x.y`) && ClientIP(`10.0.0.0/8`)", "sni=x.y from=10.1.2.3", "a")]
    [InlineData("a tls HostSNI(`x.y`) && ClientIP(`10.0.0.0/8`)", "sni=x.y from=192.0.2.1", "None")]
    [InlineData("a plain ClientIP(`20.20.20.20`)", "from=20.20.20.20", "a")]
    [InlineData("a plain ClientIP(`20.20.20.20`)", "from=10.10.10.10", "None")]
    [InlineData("a plain ClientIP(`20.20.20.20/24`)", "from=20.20.20.40", "a")]
    [InlineData("a plain ClientIP(`20.20.20.20/24`)", "from=20.20.21.40", "None")]
    [InlineData("a plain ClientIP(`2001:db8::1/32`)", "from=2001:db8:9::7", "a")]
    [InlineData("a plain ClientIP(`10.0.0.1`, `10.0.0.2`) ;; b plain HostSNI(`*`)", "from=10.0.0.2", "a")]
    [InlineData("a plain ClientIP(`10.0.0.1`, `10.0.0.2`) ;; b plain HostSNI(`*`)", "from=10.0.0.3", "b")]
    [InlineData("a plain !ClientIP(`10.0.0.0/8`)", "from=10.0.0.3", "None")]
    [InlineData("a plain !ClientIP(`10.0.0.0/8`)", "from=192.0.2.3", "a")]
    [InlineData("a tls ClientIP(`10.0.0.0/8`)", "sni=x from=10.0.0.3", "a")]
    [InlineData("a tls ClientIP(`10.0.0.0/8`)", "host=x from=10.0.0.3", "None")]
    [InlineData("a plain ClientIP(`10.0.0.0/8`) ;; b tls HostSNI(`*`)", "sni=x from=10.0.0.3", "b")]
    // Protocols.
    [InlineData("a tls ALPN(`h2`)", "sni=x alpn=http/1.1,h2", "a")]
    [InlineData("a tls ALPN(`h2`)", "sni=x alpn=mqtt", "None")]
    [InlineData("a tls ALPN(`h2`)", "sni=x", "None")]
    [InlineData("a tls !ALPN(`h2`)", "sni=x", "a")]
    [InlineData("a tls !ALPN(`h2`)", "sni=x alpn=h2", "None")]
    [InlineData("a tls ALPN(`h2`) && ALPN(`mqtt`)", "sni=x alpn=h2,mqtt", "a")]
    [InlineData("a tls ALPN(`h2`) && ALPN(`mqtt`)", "sni=x alpn=h2", "None")]
    [InlineData("a plain ALPN(`h2`) || ClientIP(`192.0.2.1`)", "alpn=h2 from=192.0.2.2", "None")]
    // Operators.
    [InlineData("a tls HostSNI(`a.x`) || HostSNI(`b.x`)", "sni=b.x", "a")]
    [InlineData("a tls HostSNI(`a.x`) || HostSNI(`b.x`)", "sni=c.x", "None")]
    [InlineData("a tls HostSNI(`a.x`) && HostSNI(`b.x`)", "sni=a.x", "None")]
    [InlineData("a tls HostSNI(`a.x`) || HostSNI(`b.x`) && ALPN(`h2`)", "sni=a.x", "a")]
    [InlineData("a tls HostSNI(`a.x`) || HostSNI(`b.x`) && ALPN(`h2`)", "sni=b.x", "None")]
    [InlineData("a tls HostSNI(`a.x`) || HostSNI(`b.x`) && ALPN(`h2`)", "sni=b.x alpn=h2", "a")]
    [InlineData("a tls (HostSNI(`a.x`) || HostSNI(`b.x`)) && ALPN(`h2`)", "sni=a.x", "None")]
    [InlineData("a tls (HostSNI(`a.x`) || HostSNI(`b.x`)) && ALPN(`h2`)", "sni=a.x alpn=h2", "a")]
    [InlineData("a tls !HostSNI(`a.x`)", "sni=b.x", "a")]
    [InlineData("a tls !HostSNI(`a.x`)", "sni=a.x", "None")]
    [InlineData("a tls !HostSNI(`a.x`)", "sni=", "a")]
    [InlineData("a tls !HostSNI(`a.x`)", "host=a.x", "None")]
    [InlineData("a tls !!HostSNI(`a.x`)", "sni=a.x", "a")]
    [InlineData("a tls !(HostSNI(`a.x`) || ALPN(`h2`))", "sni=b.x alpn=h2", "None")]
    [InlineData("a tls !(HostSNI(`a.x`) || ALPN(`h2`))", "sni=b.x", "a")]
    [InlineData("a tls !(HostSNI(`a.x`) && ALPN(`h2`))", "sni=a.x", "a")]
    [InlineData("a tls !(HostSNI(`a.x`) && ALPN(`h2`))", "sni=a.x alpn=h2", "None")]
    [InlineData("a tls !HostSNI(`a.x`) && !HostSNI(`b.x`)", "sni=b.x", "None")]
    [InlineData("a tls !HostSNI(`a.x`) && !HostSNI(`b.x`)", "sni=c.x", "a")]
    [InlineData("a tls (HostSNI(`a.x`) || ALPN(`h2`)) && (HostSNI(`b.x`) || ALPN(`mqtt`)) && !ALPN(`no`) && !ClientIP(`10.0.0.1`)", "sni=b.x alpn=h2", "a")]
    [InlineData("a tls (HostSNI(`a.x`) || ALPN(`h2`)) && (HostSNI(`b.x`) || ALPN(`mqtt`)) && !ALPN(`no`) && !ClientIP(`10.0.0.1`)", "sni=b.x alpn=h2,no", "None")]
    [InlineData("a tls (HostSNI(`a.x`) || ALPN(`h2`)) && (HostSNI(`b.x`) || ALPN(`mqtt`)) && !ALPN(`no`) && !ClientIP(`10.0.0.1`)", "sni=a.x alpn=h2", "None")]
    [InlineData("a tls (HostSNI(`a.x`) || ALPN(`h2`)) && (HostSNI(`b.x`) || ALPN(`mqtt`)) && !ALPN(`no`) && !ClientIP(`10.0.0.1`)", "sni=b.x alpn=h2 from=10.0.0.1", "None")]
    // How it is written.
    [InlineData("a tls hostsni(`a.x`)", "sni=a.x", "a")]
    [InlineData("a tls HOSTSNI(`a.x`) && Clientip(`192.0.2.1`)", "sni=a.x", "a")]
    [InlineData("a tls HostSNI(\"a.x\")", "sni=a.x", "a")]
    [InlineData("a tls HostSNIRegexp(\"^a\\\\.x$\")", "sni=a.x", "a")]
    [InlineData("a tls  HostSNI ( `a.x` , ) ", "sni=a.x", "a")]
    // Expressions.
    [InlineData("a tls HostSNIRegexp(`example`)", "sni=my-example.org", "a")]
    [InlineData("a tls HostSNIRegexp(`^example\\.(com|org)$`)", "sni=example.org", "a")]
    [InlineData("a tls HostSNIRegexp(`^example\\.(com|org)$`)", "sni=exampleuorg", "None")]
    [InlineData("a tls HostSNIRegexp(`^example\\.(com|org)$`)", "sni=example.org.evil", "None")]
    [InlineData("a tls HostSNIRegexp(`^EXAMPLE\\.com$`)", "sni=example.com", "None")]
    [InlineData("a tls HostSNIRegexp(`(?i)^EXAMPLE\\.com$`)", "sni=example.com", "a")]
    [InlineData("a tls HostSNIRegexp(`^a\\.x$|^b\\.x$`)", "sni=b.x", "a")]
    [InlineData("a tls HostSNIRegexp(`^a\\.x$|^b\\.x$`)", "sni=b.x.y", "None")]
    [InlineData("a tls HostSNIRegexp(`^a|b$`)", "sni=zz.b", "a")]
    [InlineData("a tls HostSNIRegexp(`^(?P<n>[a-z]{1,3})\\.x$`)", "sni=abc.x", "a")]
    [InlineData("a tls HostSNIRegexp(`^(?P<n>[a-z]{1,3})\\.x$`)", "sni=abcd.x", "None")]
    [InlineData("a tls HostSNIRegexp(`.*`)", "sni=", "a")]
    [InlineData("a tls HostSNIRegexp(`.*`)", "host=x", "None")]
    [InlineData("a tls HostSNIRegexp(`.+`)", "sni=", "None")]
    [InlineData("a tls HostSNIRegexp(`\\.example\\.com$`) && !HostSNI(`admin.example.com`)", "sni=admin.example.com", "None")]
    [InlineData("a tls HostSNIRegexp(`\\.example\\.com$`) && !HostSNI(`admin.example.com`)", "sni=a.b.example.com", "a")]
    // The second version.
    [InlineData("a v2 HostSNIRegexp(`{sub:[a-z]+}.example.com`)", "sni=foo.example.com", "a")]
    [InlineData("a v2 HostSNIRegexp(`{sub:[a-z]+}.example.com`)", "sni=foo1.example.com", "None")]
    [InlineData("a v2 HostSNIRegexp(`{sub:[a-z]+}.example.com`)", "sni=foo.example.com.evil.org", "None")]
    [InlineData("a v2 HostSNIRegexp(`{sub:[a-z]+}.example.com`)", "sni=fooxexample.com", "None")]
    [InlineData("a v2 HostSNIRegexp(`{sub}.Example.com`)", "sni=a1.example.com", "a")]
    [InlineData("a v2 HostSNIRegexp(`{sub}.example.com`)", "sni=a.b.example.com", "None")]
    [InlineData("a tls HostSNIRegexp(`example.{tld:(com|org)}`)", "sni=example.org", "a")]
    [InlineData("a v2 HostSNI(`a.x`, `b.x`)", "sni=b.x", "a")]
    [InlineData("a v2 HostSNI(`*`)", "sni=", "a")]
    public void The_router_that_Traefik_would_take_wins(string routers, string client, string expected)
    {
        var imported = Files.Import($"{Routers(routers)}\n  services: {{ s: {{ loadBalancer: {{ servers: [ {{ address: '10.0.0.1:5432' }} ] }} }} }}");

        Assert.Empty(imported.Errors);
        Files.AssertValid(imported);
        Assert.Equal(expected, Files.Winner(imported, "websecure", client));
    }

    /// <summary>On one entry point: names of HTTPS, then TCP, then plaintext HTTP.</summary>
    [Theory]
    [InlineData("sni=a.example.com", "https")]
    [InlineData("sni=b.example.com", "tcp")]
    [InlineData("sni=", "tcp")]
    [InlineData("host=a.example.com from=192.0.2.1", "http")]
    [InlineData("host=a.example.com from=10.0.0.1", "plain")]
    public void Names_of_HTTPS_come_before_TCP_and_TCP_before_plaintext_HTTP(string client, string expected)
    {
        var imported = Files.Import(
            """
            tcp:
              routers:
                tcp: { rule: "HostSNI(`a.example.com`) || HostSNI(`*`)", priority: 5000, service: s, tls: { passthrough: true }, entryPoints: [websecure] }
                plain: { rule: "ClientIP(`10.0.0.0/8`)", service: s, entryPoints: [websecure] }
              services: { s: { loadBalancer: { servers: [ { address: "10.0.0.1:5432" } ] } } }
            http:
              routers:
                https: { rule: "Host(`a.example.com`)", service: w, tls: {}, entryPoints: [websecure] }
                http: { rule: "PathPrefix(`/`) && Host(`a.example.com`)", priority: 9000, service: w, entryPoints: [websecure] }
              services: { w: { loadBalancer: { servers: [ { url: "http://10.0.0.1" } ] } } }
            tls: { certificates: [ { certFile: a.pem, keyFile: a.key } ] }
            """);

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, Files.Winner(imported, "websecure", client));
    }

    [Theory]
    [InlineData("tls HostSNI()", "'HostSNI' needs a text.")]
    [InlineData("tls HostSNI(``)", "'HostSNI' needs a text.")]
    [InlineData("tls HostSNI", "At character 8 of the rule should be '('.")]
    [InlineData("tls HostSNI(`a.x`", "At character 14 of the rule should be ','.")]
    [InlineData("tls HostSNI(`a.x", "At character 9: the text has no end.")]
    [InlineData("tls HostSNI(a.x)", "At character 9 of the rule should be a text in backticks or double quotes.")]
    [InlineData("tls HostSNI(`a.x`) HostSNI(`b.x`)", "At character 16 of the rule should be '&&', '||' or the end.")]
    [InlineData("tls HostSNI(`a.x`) &&", "At character 18 of the rule should be a matcher, '!' or '('.")]
    [InlineData("tls HostSNI(`a.x`) & ALPN(`h2`)", "At character 16 of the rule should be '&&', '||' or the end.")]
    [InlineData("tls (HostSNI(`a.x`)", "At character 16 of the rule should be ')'.")]
    [InlineData("tls HostSNI(\"\\q\")", "At character 10: this is no escape that is known here.")]
    [InlineData("tls Host(`a.x`)", "There is no matcher 'Host' of TCP: there are 'HostSNI', 'HostSNIRegexp', 'ClientIP' and 'ALPN'.")]
    [InlineData("tls HostSNI(`\U0001F9AD.com`)", "'\U0001F9AD.com' has letters that a name in TLS has not: write it in Punycode.")]
    [InlineData("tls HostSNI(`*.*.example.com`)", "'*.*.example.com' is no name of a server: a '*' is its first label.")]
    [InlineData("tls HostSNI(`{a}.example.com`)", "'{a}.example.com' is no name of a server.")]
    [InlineData("v2 HostSNI(`*.example.com`)", "'*.example.com' is no name in the second version of Traefik's rules.")]
    [InlineData("tls HostSNIRegexp(`(example.com`)", null)]
    [InlineData("tls HostSNIRegexp(`\\pN`)", "'\\pN' has '\\p', which nothing here is like.")]
    [InlineData("tls HostSNIRegexp(`\\p{L}+`)", "'\\p{L}+' has '\\p', which nothing here is like.")]
    [InlineData("v2 HostSNIRegexp(`{a:[a-z]+.x`)", "'{a:[a-z]+.x' has a brace that is not closed.")]
    [InlineData("v2 HostSNIRegexp(`{:x}.y`)", "'{:x}' needs a name and an expression.")]
    [InlineData("tls ALPN(`acme-tls/1`)", "'acme-tls/1' is not for routers.")]
    [InlineData("plain ClientIP(`x/32`)", null)]
    [InlineData("plain ClientIP(`10.0.0.0/33`)", null)]
    [InlineData("plain HostSNI(`a.x`)", "It asks for a name, which only TLS has: give the router 'tls', with 'passthrough' where TLS is to go on to the server.")]
    [InlineData("plain HostSNI(`a.x`) || HostSNI(`*`)", "It asks for a name, which only TLS has: give the router 'tls', with 'passthrough' where TLS is to go on to the server.")]
    public void A_rule_that_is_wrong_carries_no_router_over(string router, string? message)
    {
        var imported = Files.Import($"{Routers("a " + router)}\n  services: {{ s: {{ loadBalancer: {{ servers: [ {{ address: '10.0.0.1:5432' }} ] }} }} }}");

        var error = Assert.Single(imported.Errors);
        Assert.Equal("routes.yaml:3 tcp.routers.a.rule", error.Path);
        Assert.Equal(message ?? error.Message, error.Message);
        Assert.Empty(imported.Config.Routes!);
    }

    [Fact]
    public void A_rule_that_never_holds_is_no_route()
    {
        var imported = Files.Import($"{Routers("a tls !HostSNI(`*`)")}\n  services: {{ s: {{ loadBalancer: {{ servers: [ {{ address: '10.0.0.1:5432' }} ] }} }} }}");

        Assert.Empty(imported.Errors);
        Assert.Empty(imported.Config.Routes!);
        Assert.Equal("It never holds, and so nothing is carried over.", Assert.Single(imported.Warnings).Message);
    }

    /// <summary>However matchers are put together, the route holds for whom the rule does.</summary>
    [Fact]
    public void A_rule_holds_for_whom_it_says()
    {
        (string Text, Func<Client, bool> Holds)[] matchers =
        [
            ("HostSNI(`a.x`)", client => client.Name == "a.x"), ("HostSNI(`b.x`)", client => client.Name == "b.x"), ("HostSNI(`*.x`)", client => client.Name.EndsWith(".x", StringComparison.Ordinal)),
            ("HostSNI(`*`)", _ => true), ("HostSNIRegexp(`^a`)", client => client.Name.StartsWith('a')), ("HostSNIRegexp(`^(b.*)?$`)", client => client.Name.Length == 0 || client.Name[0] == 'b'),
            ("ALPN(`h2`)", client => client.Protocol == "h2"), ("ALPN(`mqtt`)", client => client.Protocol == "mqtt"), ("ClientIP(`10.0.0.1`)", client => client.Address == "10.0.0.1"),
        ];
        Client[] clients = [.. from name in (string[])["a.x", "b.x", "c.y", ""] from protocol in (string[])["h2", "mqtt", ""] from address in (string[])["10.0.0.1", "10.0.0.2"] select new Client(name, protocol, address)];
        Gen.Int.Sample(seed =>
        {
            var (text, holds) = Tree(new Random(seed), matchers, depth: 3);
            var imported = Files.Import($"{Routers($"a tls {text}")}\n  services: {{ s: {{ loadBalancer: {{ servers: [ {{ address: '10.0.0.1:5432' }} ] }} }} }}");
            Assert.Empty(imported.Errors);
            foreach (var client in clients)
            {
                var protocols = client.Protocol.Length == 0 ? "" : $" alpn={client.Protocol}";
                Assert.True((holds(client) ? "a" : "None") == Files.Winner(imported, "websecure", $"sni={client.Name}{protocols} from={client.Address}"), $"{text} {client}");
            }
        }, iter: 500);
    }

    private static (string Text, Func<Client, bool> Holds) Tree(Random random, (string Text, Func<Client, bool> Holds)[] matchers, int depth)
    {
        if (depth == 0 || random.Next(4) == 0)
            return matchers[random.Next(matchers.Length)];
        var (one, other) = (Tree(random, matchers, depth - 1), Tree(random, matchers, depth - 1));
        return random.Next(5) switch
        {
            0 => ($"!({one.Text})", client => !one.Holds(client)),
            1 or 2 => ($"({one.Text} || {other.Text})", client => one.Holds(client) || other.Holds(client)),
            _ => ($"({one.Text} && {other.Text})", client => one.Holds(client) && other.Holds(client)),
        };
    }

    private sealed record Client(string Name, string Protocol, string Address);

    private static string Routers(string routers) => "tcp:\n  routers:\n" + string.Join('\n', routers.Split(" ;; ").Select(Router));

    private static string Router(string text)
    {
        var (name, kind, rest) = text.Split(' ', 3) switch { var parts => (parts[0], parts[1], parts[2]) };
        var priority = int.TryParse(rest.Split(' ')[0], out var number) ? number : (int?)null;
        var rule = (priority is null ? rest : rest[(rest.IndexOf(' ', StringComparison.Ordinal) + 1)..]).Replace("'", "''", StringComparison.Ordinal);
        return $"    {name}: {{ rule: '{rule}', entryPoints: [websecure], service: s{(priority is null ? "" : $", priority: {priority}")}"
            + $"{(kind == "plain" ? "" : ", tls: { passthrough: true }")}{(kind == "v2" ? ", ruleSyntax: v2" : "")} }}";
    }
}
