using System.Net;
using L4Proxy.Api.Ports;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Whatever is sent, it is refused with a reason, and nothing fails.</summary>
public sealed class HostilePortApiTests
{
    private static readonly string[] s_bodies =
    [
        "", " ", "null", "[]", "1", "\"x\"", "{", "{}", "{\"\":1}", """{"x":1}""", """{"ports":{}}""", """{"ports":[],"protocol":[]}""",
        """{"protocol":"tcp"}""", """{"protocol":"sctp","ports":"1"}""",
        """{"protocol":"tcp","ports":""}""", """{"protocol":"tcp","ports":","}""", """{"protocol":"tcp","ports":"0"}""",
        """{"protocol":"tcp","ports":"65536"}""", """{"protocol":"tcp","ports":"9-1"}""",
        """{"protocol":"tcp","ports":"1-2-3"}""", """{"protocol":"tcp","ports":"١٢"}""", """{"protocol":"tcp","ports":"-1"}""", """{"protocol":"tcp","ports":"99999999999999999999"}""",
        """{"protocol":"tcp","ports":"1","PORTS":"2"}""", """{"protocol":"tcp","ports":"1","owner":7}""",
        """{"protocol":"tcp","ports":"1","owner":"../x"}""", """{"protocol":"tcp","ports":true}""",
        """{"protocol":0,"ports":"1"}""", """{"route":7e99,"port":1e400}""", """{"route":"r","port":99999999999999999999999}""",
        """{"route":"r","port":-1}""", """{"route":"r","port":1.5}""",
        """{"route":"r","port":"x"}""", """{"route":"../r"}""", """{"route":"naïve"}""", """{"route":null}""", """{"route":"\ud800"}""", """{"\ud800":"r"}""", """{"route":{"a":1}}""",
        """{"lease":"1"}""", """{"lease":"24:00:00"}""", """{"lease":"-00:01:00"}""", """{"lease":"99999999.00:00:00"}""", """{"lease":1e99}""",
        """{"onExpiry":"explode"}""", """{"onExpiry":2}""",
        """{"lease":{"a":[]}}""", """{"reserved":"maybe"}""", """{"reserved":false}""", """{"protocol":"both"}""", """{"reason":["x"]}""", """{"reason":true}""", """{"port":1}""",
        "{\"" + new string('a', 126) + "😀😀\":1}", "{\"reason\":1,\"" + new string('é', 5000) + "\":1}",
    ];

    private static readonly string[] s_ids = ["..%2f", "%2e%2e%2fx", "a%00b", "a%2Fb", "%F0%9F%98%80", "-x", new('x', 129), "a:b", "a%20b", "%7B%7D", "%ff", "a%0d%0aX:y"];

    private static readonly (string Method, string Path)[] s_named =
    [
        ("GET", "pools/{0}"), ("PUT", "pools/{0}"), ("DELETE", "pools/{0}"), ("POST", "pools/{0}/allocations"), ("GET", "pools/{0}/allocations"), ("DELETE", "pools/p/allocations/{0}"),
        ("GET", "reserved-ports/{0}"), ("PUT", "reserved-ports/{0}"), ("DELETE", "reserved-ports/{0}"),
        ("GET", "owners/{0}"), ("PUT", "owners/{0}"), ("POST", "owners/{0}/renew"), ("DELETE", "owners/{0}"), ("DELETE", "pools/p?owner={0}"),
    ];

    private const string Pool = """{ "protocol": "tcp", "ports": "7" }""";

    [Fact]
    public async Task No_body_makes_it_fail()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "pools/p", """{ "protocol": "tcp", "ports": "7" }""");
        foreach (var (method, path, good) in new[] { ("PUT", "pools/q", 0), ("POST", "pools/p/allocations", 0), ("PUT", "owners/o", 1), ("PUT", "reserved-ports/9", 2) })
        {
            foreach (var body in s_bodies.Where(body => !IsGood(body, good)))
                AssertRefused(await app.SendAsync(method, path, body), $"{method} {path} {body}");
            AssertRefused(await app.SendAsync(method, path), $"{method} {path}");
        }
        Assert.Equal("7", Assert.Single((await app.DoAsync("GET", "pools")).Json.EnumerateArray()).GetProperty("ports").GetString());

        // Where nothing need be said, and where a port may be reserved without a reason.
        static bool IsGood(string body, int kind) => (body is "{}" && kind > 0) || (kind == 2 && body is """{"port":1}""" or """{"protocol":"tcp"}""" && kind == 2);
    }

    [Fact]
    public async Task No_name_makes_it_fail()
    {
        await using var app = await ApiApp.StartAsync();
        foreach (var id in s_ids)
        {
            foreach (var (method, path) in s_named)
                AssertRefused(await app.SendAsync(method, string.Format(null, path, id), method is "PUT" or "POST" ? Pool : null), $"{method} {path} {id}");
        }
        foreach (var port in new[] { "0", "65536", "-1", "1.0", "08", "1e3", "+8", "٨", "99999999999999999999" })
        {
            AssertRefused(await app.SendAsync("PUT", $"reserved-ports/{port}", "{}"), port);
            AssertRefused(await app.SendAsync("DELETE", $"pools/p/allocations/{port}"), port);
        }
        Assert.Equal(("[]", "[]"), ((await app.DoAsync("GET", "pools")).Text, (await app.DoAsync("GET", "owners")).Text));
    }

    [Fact]
    public async Task What_is_wrong_is_said_by_its_path()
    {
        await using var app = await ApiApp.StartAsync();
        var refused = await app.SendAsync("PUT", "pools/p", """{ "protocl": "tcp", "ports": [1], "a b": 1, "owner": "" }""");
        Assert.Equal(["$.owner", "$.ports", "$.protocl", "$['a b']"], refused.Errors.Select(error => error.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Contains("did you mean 'Protocol'?", refused.Text, StringComparison.Ordinal);
        Assert.Equal("$.ports", Assert.Single((await app.SendAsync("PUT", "pools/p", """{ "protocol": "tcp", "ports": "1-70000" }""")).Errors).Split(':')[0]);
        Assert.Equal("$.lease", Assert.Single((await app.SendAsync("PUT", "owners/o", """{ "lease": "00:00:00" }""")).Errors).Split(':')[0]);
    }

    [Fact]
    public void Ports_are_in_order_and_each_once()
    {
        Assert.True(PortSet.TryParse("8-9, 1,3-5,4-6,7", out var ports, out _));
        Assert.Equal(("1,3-9", 8), (ports.ToString(), ports.Count));
        Assert.True(PortSet.TryParse("2,9-20", out var other, out _));
        Assert.Equal((9, (int?)null), (ports.FirstShared(other), other.FirstShared(PortSet.TryParse("1,3", out var apart, out _) ? apart : other)));
    }

    [Fact]
    public void A_line_of_the_kernel_is_read()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "The lines are of such a machine.");
        var four = ListeningSockets.Parse("   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0 100 0 0 10 0", "0A", 8080);
        Assert.Equal(new ListeningSocket(new IPEndPoint(IPAddress.Loopback, 8080), 12345), four);
        var six = ListeningSockets.Parse("   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 99 1 0 100 0 0 10 0", "0A", 22);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 22), six!.Value.Address);
        Assert.Null(ListeningSockets.Parse("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", "0A", 22));
        Assert.Null(ListeningSockets.Parse("   0: 0100007F:1F90 00000000:0000 01 00000000:00000000 00:00000000 00000000  1000        0 12345 1", "0A", 8080));
    }

    private static void AssertRefused(ApiApp.Answer answer, string what)
    {
        Assert.True((int)answer.Status is >= 400 and < 500, $"{what}: {answer.Status} {answer.Text}");
        if (answer.ContentType == "application/problem+json")
            Assert.NotEmpty(answer.Json.GetProperty("detail").GetString()!);
    }
}
