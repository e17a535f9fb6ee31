using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Providers.Tests.Caddy;

/// <summary>Caddyfiles as people publish them for layer 4, in other words and with other addresses; and what of each cannot be carried over.</summary>
public sealed class PublishedCaddyfileTests
{
    [Theory]
    [InlineData("ssh and https on one port", ":443 {\n@ssh ssh\nroute @ssh {\nproxy 127.0.0.1:22\n}\n@tls tls\nroute @tls {\nproxy 127.0.0.1:8443\n}\n}", 2)]
    [InlineData("names passed on, the rest refused", ":443 {\n@a tls sni cloud.example.com\nroute @a {\nproxy 192.0.2.10:443\n}\n@b tls sni *.lab.example.com\nroute @b {\nproxy 192.0.2.11:443\n}\n}", 2)]
    [InlineData("http and https by name", ":80, :443 {\n@h http host a.example.com\n@t tls sni a.example.com\nroute @h {\nproxy 192.0.2.10:80\n}\nroute @t {\nproxy 192.0.2.10:443\n}\n}", 2)]
    [InlineData("name servers", "udp/:53 {\nroute {\nproxy {\nupstream udp/192.0.2.53:53\nupstream udp/192.0.2.54:53\nlb_policy round_robin\n}\n}\n}", 1)]
    [InlineData("a game server", "udp/:25565 {\nidle_timeout 2m\nroute {\nproxy udp/192.0.2.9:25565\n}\n}", 1)]
    [InlineData("databases with a spare", ":5432 {\n@pg postgres\nroute @pg {\nproxy {\nupstream 192.0.2.1:5432\nupstream 192.0.2.2:5432\nlb_policy first\nhealth_interval 5s\nhealth_timeout 1s\n}\n}\n}", 1)]
    [InlineData("mail behind a load balancer", ":993 {\n@p proxy_protocol\nroute @p {\nproxy_protocol {\nallow 10.0.0.0/8\n}\n}\nroute {\nproxy {\nproxy_protocol v2\nupstream 192.0.2.25:993\n}\n}\n}", 1)]
    [InlineData("an office alone", ":3389 {\n@office remote_ip 203.0.113.0/24\nroute @office {\nproxy 192.0.2.3:3389\n}\nroute {\nclose\n}\n}", 2)]
    [InlineData("at night", ":22 {\n@night {\nssh\nclock 01:00:00 05:00:00 Europe/Berlin\n}\nroute @night {\nproxy 192.0.2.7:22\n}\n}", 1)]
    [InlineData("slowly", ":8080 {\nroute {\nthrottle {\nread_bytes_per_second 65536\nread_burst_size 131072\n}\nproxy 192.0.2.8:80\n}\n}", 1)]
    [InlineData("a range of ports", ":50000-50100 {\nroute {\nproxy 192.0.2.21:21\n}\n}", 1)]
    [InlineData("many kinds on one port", ":443 {\n@ssh ssh\nroute @ssh {\nproxy 127.0.0.1:22\n}\n@rdp rdp\nroute @rdp {\nproxy 192.0.2.3:3389\n}\n@xmpp xmpp\nroute @xmpp {\nproxy 192.0.2.4:5222\n}\n@vpn openvpn\nroute @vpn {\nproxy 192.0.2.5:1194\n}\n@tls tls\nroute @tls {\nproxy 127.0.0.1:8443\n}\n}", 5)]
    [InlineData("wireguard beside quic", "udp/:443 {\n@wg wireguard\nroute @wg {\nproxy udp/127.0.0.1:51820\n}\n@q quic sni a.example.com\nroute @q {\nproxy udp/127.0.0.1:8443\n}\n}", 2)]
    [InlineData("a machine for each name", ":2222 {\n@vm tls sni_regexp vm ^([a-z0-9]+)\\.vms\\.example\\.com$\nroute @vm {\nproxy {tls.regexp.1}.internal:22\n}\n}", 1)]
    [InlineData("TLS ended, then plain", ":8883 {\nroute {\ntls\nproxy 127.0.0.1:1883\n}\n}", 1, "handle[0].handler")]
    [InlineData("SOCKS itself", ":1080 {\nroute {\nsocks5\n}\n}", 0, "handle[0].handler")]
    [InlineData("a copy of all", ":9000 {\nroute {\ntee {\n}\nproxy 192.0.2.9:9000\n}\n}", 0, "handle[0].handler")]
    [InlineData("to two at once", ":9000 {\nroute {\nproxy {\nupstream 192.0.2.1:1 192.0.2.2:1\n}\n}\n}", 0, "handle[0].upstreams[0].dial", "handle[0].upstreams")]
    [InlineData("MikroTik", ":8291 {\n@w winbox\nroute @w {\nproxy 192.0.2.88:8291\n}\n}", 0, "match[0].winbox")]
    public void They_are_carried_over(string what, string servers, int routes, params string[] lost)
    {
        var imported = L4CaddyImport.ParseCaddyfile($"{{\nlayer4 {{\n{servers}\n}}\n}}\n");

        Assert.True(imported.Config.Routes!.Count == routes, $"{what}: {imported.ToJson()} {string.Join('\n', imported.Errors)}");
        Assert.Equal(lost.ToList(), imported.Errors.Select(error => error.Path[(error.Path.IndexOf("].", StringComparison.Ordinal) + 2)..]).ToList());
        if (lost.Length == 0)
            Assert.Empty(ErrorsOf(imported.Config));
    }

    private static List<L4ConfigError> ErrorsOf(L4Config config)
    {
        var errors = new List<L4ConfigError>();
        ConfigValidator.Validate(ConfigReader.Parse(ConfigWriter.Write(config)).Config, errors, []);
        return errors;
    }
}
