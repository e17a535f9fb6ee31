using System.Text;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Prefaces;
using L4Proxy.Prefaces.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using HttpRequest = L4Proxy.Prefaces.Http.HttpRequest;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>What a route is chosen by is what Kestrel sees: whatever the head, it sees the same host and path, or refuses the request.</summary>
public class RequestHeadTests
{
    private static readonly string[] s_targets =
    [
        "/", "/a?b", "/%61dmin", "/a%2Fb", "/a%2fb", "/a%252fb", "/x/../y", "/x/%2e%2E/y", "/./a/.", "/..", "//a/..", "/%C3%A9", "/%C3", "/%ff%41", "/%e2%82%2f", "/a%00", "/%", "/%4", "/a+b",
        "/a#b", "/a;b", "/a\\..\\b", "/a%5c..%5cb", "/a//b/../c", "http://a.test/x?y", "http://b.test", "HTTP://a.test:80?x", "https://a.test/%61", "http://u@a.test/", "http:///", "ftp://a.test/", "*", "a.test:80",
        "/\u00fc", "/a/%2e", "/%2e%2e%2fa", "/a/..%2fb",
    ];

    private static readonly string[] s_hosts =
    [
        "Host: a.test\r\n", "Host: A.TEST:80\r\n", "host:a.test\r\n", "Host: a.test.\r\n", "Host:\ta.test \t\r\n", "Host: [::1]:80\r\n", "Host: [0:0::1]\r\n", "Host: 127.0.0.1\r\n", "Host: 127.1\r\n",
        "Host: a_b.test\r\n", "", "Host:\r\n", "Host: a.test\r\nHost: b.test\r\n", "Host: a.test\r\nhost: a.test\r\n", "Host: a.test\r\n Host: b.test\r\n", "Host : a.test\r\n",
        "Host: b.test\r\nHost : a.test\r\n", "Host: a.test\nX: y\r\n", "Host: b.test\rHost: a.test\r\n", "Host: a%41.test\r\n", "Host: u@a.test\r\n", "Host: a.test:\r\n", "Host: a.test:x\r\n",
        "Host: a.test,b.test\r\n", "Host: a.test b.test\r\n", "Host: \u00fc.test\r\n", "Host: a.test\0\r\n", "X-Host: b.test\r\nHost: a.test\r\n", "Host\0: b.test\r\nHost: a.test\r\n",
        "H\u00f6st: b.test\r\nHost: a.test\r\n", "X: a\rHost: b.test\r\nHost: a.test\r\n", "X: \0\r\nHost: a.test\r\n", "X\r\nHost: a.test\r\n", "Host: a.test\r\nX: b\r\n\tHost: b.test\r\n",
        "Host: a.test\r\n\nHost: b.test\r\n", "Host: a.test\n\r\nHost: b.test\r\n",
    ];

    [Fact]
    public async Task Kestrel_sees_the_same_or_refuses()
    {
        await using var app = await TestApp.StartAsync(withL4Proxy: false, map: app => app.Run(context =>
            context.Response.WriteAsync($"[{Uri.EscapeDataString(context.Request.Host.Value ?? "")} {Uri.EscapeDataString(context.Request.Path.Value ?? "")}]")));
        var alike = 0;
        foreach (var head in Heads())
        {
            var bytes = Encoding.Latin1.GetBytes(head);
            var seen = await AskAsync(app.Url, bytes);
            var read = new HttpRequestPreface().Recognise(bytes) == PrefaceStatus.Found && new HttpRequestPreface().Read(bytes, out var content) == PrefaceStatus.Found ? (HttpRequest?)content : null;
            if (read is not { Fault: null } || seen is null)
                continue;
            Assert.Null(HttpHost.Read(Encoding.Latin1.GetBytes(seen.Value.Host), out var host));
            Assert.Equal((head, host, seen.Value.Path), (head, read.Host, read.Path ?? ""));
            alike++;
        }

        // Kestrel takes some more: lines that end with LF alone, and hosts that are none.
        Assert.InRange(alike, 300, int.MaxValue);
    }

    private static IEnumerable<string> Heads() =>
        from version in (string[])["HTTP/1.1", "HTTP/1.0"]
        from method in (string[])["GET", "OPTIONS", "CONNECT"]
        from target in s_targets
        from host in s_hosts
        // Each target with a usual host, and each host with usual targets.
        where (method == "GET" && target.Length < 5) || host == s_hosts[0] || host.Length == 0 || target is "http://b.test" or "a.test:80" or "*"
        select $"{method} {target} {version}\r\n{host}\r\n";

    private static async Task<(string Host, string Path)?> AskAsync(Uri url, byte[] head)
    {
        using var client = await RawClient.ConnectAsync(url);
        await client.Socket.SendAsync(head).InTime();
        // All of them are whole: it answers, or closes.
        var answer = await client.ReadUntilAsync("]");
        if (!answer.Contains(" 200 OK\r\n", StringComparison.Ordinal))
            return null;
        var seen = answer[(answer.IndexOf('[', StringComparison.Ordinal) + 1)..answer.IndexOf(']', StringComparison.Ordinal)].Split(' ');
        return (Uri.UnescapeDataString(seen[0]), Uri.UnescapeDataString(seen[1]));
    }
}
