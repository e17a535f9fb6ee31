namespace L4Proxy.Providers.Tests.Caddy;

/// <summary>Which route has a connection: what caddy-l4's documentation and source say, asked of the table that connections are routed by. Its routes are asked in their order.</summary>
public sealed class CaddyRoutingTests
{
    // Each route is its matchers, with '&' between those of one set and '|' between sets; nothing takes everything. The answer is the number of the route.
    [Theory]
    // Names: '*' is exactly one label, a regular expression is looked for anywhere.
    [InlineData("tls sni a.example.com", "sni=a.example.com", 0)]
    [InlineData("tls sni A.example.com", "sni=a.EXAMPLE.com", 0)]
    [InlineData("tls sni a.example.com", "sni=b.example.com", -1)]
    [InlineData("tls sni a.example.com", "sni=a.a.example.com", -1)]
    [InlineData("tls sni a.example.com", "sni=", -1)]
    [InlineData("tls sni a.example.com", "host=a.example.com", -1)]
    [InlineData("tls sni a.example.com b.example.com", "sni=b.example.com", 0)]
    [InlineData("tls sni *.example.com", "sni=a.example.com", 0)]
    [InlineData("tls sni *.example.com", "sni=example.com", -1)]
    [InlineData("tls sni *.example.com", "sni=a.b.example.com", -1)]
    [InlineData("tls sni *.*.example.com", "sni=a.b.example.com", 0)]
    [InlineData("tls sni *.*.example.com", "sni=b.example.com", -1)]
    [InlineData("tls sni_regexp ^db-[0-9]+\\.example\\.com$", "sni=db-7.example.com", 0)]
    [InlineData("tls sni_regexp ^db-[0-9]+\\.example\\.com$", "sni=xdb-7.example.com", -1)]
    [InlineData("tls sni_regexp example", "sni=an.example.com", 0)]
    [InlineData("tls sni_regexp ^a|b$", "sni=a.com", 0)]
    [InlineData("tls sni_regexp ^a|b$", "sni=com.b", 0)]
    [InlineData("tls sni_regexp ^a|b$", "sni=com.c", -1)]
    // TLS of any name, and ALPN.
    [InlineData("tls", "sni=x", 0)]
    [InlineData("tls", "sni=", 0)]
    [InlineData("tls", "host=x", -1)]
    [InlineData("tls", "ssh.software=OpenSSH_9", -1)]
    [InlineData("tls alpn h2 mqtt", "sni=x alpn=mqtt", 0)]
    [InlineData("tls alpn h2", "sni=x alpn=http/1.1", -1)]
    [InlineData("tls alpn h2", "sni=x", -1)]
    // The first one that matches, however specific another is.
    [InlineData("tls ;; tls sni a.example.com", "sni=a.example.com", 0)]
    [InlineData("tls sni *.example.com ;; tls sni a.example.com", "sni=a.example.com", 0)]
    [InlineData("tls sni a.example.com ;; tls sni *.example.com", "sni=a.example.com", 0)]
    [InlineData("tls sni a.example.com ;; tls sni *.example.com", "sni=b.example.com", 1)]
    [InlineData("tls sni a.example.com ;; ", "sni=b.example.com", 1)]
    [InlineData("tls sni a.example.com ;; ", "host=a.example.com", 1)]
    [InlineData(" ;; tls sni a.example.com", "sni=a.example.com", 0)]
    [InlineData("tls ;; ssh ;; ", "ssh.software=OpenSSH_9", 1)]
    [InlineData("tls ;; ssh ;; ", "bytes=00010203", 2)]
    [InlineData("ssh ;; http ;; tls", "host=x", 1)]
    [InlineData("ssh ;; http ;; tls", "sni=x", 2)]
    // Protocols.
    [InlineData("ssh", "ssh.software=OpenSSH_9", 0)]
    [InlineData("ssh", "sni=x", -1)]
    [InlineData("http", "host=x", 0)]
    [InlineData("http", "sni=x", -1)]
    [InlineData("http host a.example.com", "host=a.example.com", 0)]
    [InlineData("http host a.example.com", "host=b.example.com", -1)]
    [InlineData("http host *.example.com", "host=b.example.com", 0)]
    [InlineData("http path /api/*", "host=a path=/api/x", 0)]
    [InlineData("http path /api/*", "host=a path=/web", -1)]
    [InlineData("postgres", "postgres.user=u postgres.database=d", 0)]
    [InlineData("postgres", "host=x", -1)]
    [InlineData("socks5", "bytes=050100", 0)]
    [InlineData("socks5", "bytes=040100", -1)]
    [InlineData("socks4", "bytes=0401005001020304756900", 0)]
    [InlineData("rdp", "bytes=0300000b06e00000000000", 0)]
    // Addresses.
    [InlineData("remote_ip 10.0.0.0/8", "from=10.1.2.3 sni=x", 0)]
    [InlineData("remote_ip 10.0.0.0/8", "from=11.1.2.3 sni=x", -1)]
    [InlineData("remote_ip private_ranges", "from=172.17.0.9 sni=x", 0)]
    [InlineData("remote_ip private_ranges", "from=172.33.0.9 sni=x", -1)]
    [InlineData("remote_ip 2001:db8::/32", "from=2001:db8::7 sni=x", 0)]
    [InlineData("local_ip 198.51.100.1", "sni=x", 0)]
    [InlineData("local_ip 198.51.100.2", "sni=x", -1)]
    // First bytes.
    [InlineData("regexp ^GE 2", "bytes=4745", 0)]
    [InlineData("regexp ^GE 2", "bytes=5045", -1)]
    [InlineData("regexp ^\\x16 1", "sni=x", 0)]
    // All of a set, one of several sets, and not.
    [InlineData("tls sni a.example.com & remote_ip 10.0.0.0/8", "sni=a.example.com from=10.0.0.1", 0)]
    [InlineData("tls sni a.example.com & remote_ip 10.0.0.0/8", "sni=a.example.com from=11.0.0.1", -1)]
    [InlineData("tls sni a.example.com & remote_ip 10.0.0.0/8", "sni=b.example.com from=10.0.0.1", -1)]
    [InlineData("ssh | http", "host=x", 0)]
    [InlineData("ssh | http", "ssh.software=OpenSSH_9", 0)]
    [InlineData("ssh | http", "sni=x", -1)]
    [InlineData("not remote_ip 10.0.0.0/8", "from=10.0.0.1 sni=x", -1)]
    [InlineData("not remote_ip 10.0.0.0/8", "from=11.0.0.1 sni=x", 0)]
    [InlineData("tls & not tls sni a.example.com", "sni=a.example.com", -1)]
    [InlineData("not tls", "host=x", 0)]
    [InlineData("not tls", "sni=x", -1)]
    public void The_first_route_that_matches_has_it(string routes, string client, int expected)
    {
        var imported = L4CaddyImport.ParseCaddyfile(File(routes.Split(";;")));

        Assert.Empty(imported.Errors);
        Assert.Equal(expected < 0 ? "None" : $"-443--line-3--{expected}", L4Proxy.Providers.Tests.Traefik.Files.Winner(imported, Assert.Single(imported.Config.Endpoints!).Key, client).Replace("x-443", "-443", StringComparison.Ordinal));
    }

    private static string File(string[] routes)
    {
        var lines = new List<string>();
        for (var i = 0; i < routes.Length; i++)
        {
            var sets = routes[i].Trim().Length == 0 ? [] : routes[i].Split(" | ");
            for (var set = 0; set < sets.Length; set++)
                lines.Add($"@r{i}_{set} {{\n{string.Join('\n', sets[set].Split('&').Select(matcher => matcher.Trim()))}\n}}");
            lines.Add($"route {string.Join(' ', sets.Select((_, set) => $"@r{i}_{set}"))} {{\nproxy 127.0.0.1:{i + 1}\n}}");
        }
        return $"{{\nlayer4 {{\n:443 {{\n{string.Join('\n', lines)}\n}}\n}}\n}}\n";
    }
}
