using System.Text;
using L4Proxy.Providers;
using L4Proxy.Requests;

namespace L4Proxy.Fuzz;

/// <summary>What people write for other proxies, and what a request puts into a template: whatever it is, nothing throws, and what is made of it is bounded.</summary>
internal static class ImportTargets
{
    private static readonly UrlTemplate s_template = UrlTemplate.TryParse("https://{host}{uri}?{query}#{label.0}{path}", [], out var template, out _) ? template : throw new InvalidOperationException();

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("import-caddyfile", bytes => L4CaddyImport.ParseCaddyfile(Text(bytes)), Seeds("{\n layer4 {\n  :443 {\n   @a tls sni *.example.com\n   route @a {\n    proxy 10.0.0.1:443\n   }\n  }\n }\n}\n")),
        new("import-caddy-json", bytes => L4CaddyImport.ParseJson(bytes.ToArray()), Seeds(
            """{"apps":{"layer4":{"servers":{"s":{"listen":[":1"],"routes":[{"match":[{"tls":{"sni":["a"]}}],"handle":[{"handler":"proxy","upstreams":[{"dial":["h:1"]}]}]}]}}}}}""",
            """{"apps":{"http":{"servers":{"s":{"listen":[":1"],"routes":[{"match":[{"host":["*.a.b"]}],"handle":[{"handler":"rewrite","path_regexp":[{"find":"a(b)","replace":"$1"}]},{"handler":"static_response","status_code":301,"headers":{"Location":["https://{http.request.host}{http.request.uri}"]}}]}]}}}}}""")),
        new("import-nginx", bytes => L4NginxImport.Parse(Text(bytes)), Seeds("stream { map $ssl_preread_server_name $b { hostnames; *.a.test u; ~^x(?<y>.*)$ v; } upstream u { server h:1 weight=2; } server { listen 443 ssl; proxy_pass $b; deny 10.0.0.0/8; } }")),
        new("import-haproxy", bytes => L4HaProxyImport.Parse(Text(bytes)), Seeds("frontend f\n mode tcp\n bind :443\n acl a req.ssl_sni -m end .a.test\n use_backend b if a !{ src 10.0.0.0/8 }\nbackend b\n mode tcp\n server s h:1 check inter 2s\n")),
        new("import-yaml", bytes => Traefik(bytes), Seeds(
            "tcp:\n  routers: { r: { rule: 'HostSNI(`*`)', entryPoints: [tcp-1], service: s } }\n  services: { s: &s { loadBalancer: { servers: [ { address: 'h:1' } ] } } }\n",
            "http: { routers: { r: { rule: 'Host(`a.b`)', middlewares: [m], entryPoints: [web], service: s } }, middlewares: { m: { redirectRegex: { regex: '^(.*)$', replacement: 'https://x/$1' } } } }\n")),
        new("import-rule", bytes => Rule(bytes), Seeds("HostSNI(`a.example.com`) && (ClientIP(`10.0.0.0/8`) || !ALPN(`h2`))", "Host(`a.b`) || HostRegexp(`^.+\\.x$`) && PathPrefix(`/p`)", "HostSNIRegexp(`{a:[a-z]+}.b`)")),
        new("url-template", bytes => Template(bytes), Seeds("https://{host}{uri}", "/a/{path}?{query}{{}}", "//x\\y/%2e%2e;?#")),
        new("path-dots", bytes => PathText.HasDots(Text(bytes)), Seeds("/a/..%2f./b", "/%2E%2e")),
    ];

    private static byte[][] Seeds(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static void Traefik(ReadOnlySpan<byte> yaml) => L4TraefikImport.Parse([new("a.yaml", yaml.ToArray())]);

    /// <summary>A rule as one of TCP and as one of HTTP.</summary>
    private static void Rule(ReadOnlySpan<byte> rule)
    {
        var text = System.Text.Json.JsonSerializer.Serialize(Text(rule));
        var router = $$"""{ "routers": { "r": { "rule": {{text}}, "entryPoints": ["web"], "service": "s", "tls": {} } } }""";
        L4TraefikImport.Parse([new("a.json", Encoding.UTF8.GetBytes($$"""{ "tcp": {{router}}, "http": {{router}} }"""))]);
    }

    /// <summary>As what is written, and as what a client sends: that adds nothing to a line, and is no longer than three characters for each of its bytes.</summary>
    private static void Template(ReadOnlySpan<byte> bytes)
    {
        var text = Text(bytes);
        if (UrlTemplate.TryParse(text, [], out var written, out _))
            written.Expand(RequestUrl.Of(isTls: false, "a.test", "/b?c"));
        var made = s_template.Expand(RequestUrl.Of(isTls: true, text, text));
        if (made.Any(letter => letter is <= ' ' or >= '\x7F' or '"' or '<' or '>') || made.Length > 64 + (40 * bytes.Length))
            throw new InvalidOperationException(made);
    }
}
