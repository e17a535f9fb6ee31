using System.Net;
using L4Proxy.Configuration;

namespace L4Proxy.Core.Tests.Configuration;

public class EndpointUrlTests
{
    [Theory]
    [InlineData("tcp://*:1883", EndpointScheme.Tcp, EndpointHost.Any, null, 1883, 1883)]
    [InlineData("TCP://LocalHost:1", EndpointScheme.Tcp, EndpointHost.Localhost, null, 1, 1)]
    [InlineData("udp://0.0.0.0:53", EndpointScheme.Udp, EndpointHost.Address, "0.0.0.0", 53, 53)]
    [InlineData("tls://[2001:db8::1]:443", EndpointScheme.Tls, EndpointHost.Address, "2001:db8::1", 443, 443)]
    [InlineData("tcp://[::]:443", EndpointScheme.Tcp, EndpointHost.Address, "::", 443, 443)]
    [InlineData("tcp://[fe80::1%3]:443", EndpointScheme.Tcp, EndpointHost.Address, "fe80::1%3", 443, 443)]
    [InlineData("tcp://[::ffff:10.0.0.1]:443", EndpointScheme.Tcp, EndpointHost.Address, "10.0.0.1", 443, 443)]
    [InlineData("tcp://*:0", EndpointScheme.Tcp, EndpointHost.Any, null, 0, 0)]
    [InlineData("tcp://*:10000-10099", EndpointScheme.Tcp, EndpointHost.Any, null, 10000, 10099)]
    [InlineData("tcp://*:1-65535", EndpointScheme.Tcp, EndpointHost.Any, null, 1, 65535)]
    public void A_url_has_a_scheme_a_host_and_ports(
        string text, object scheme, object host, string? address, int low, int high)
    {
        Assert.True(EndpointUrl.TryParse(text, out var url, out _));

        Assert.Equal((scheme, host), (url.Scheme, url.Host));
        Assert.Equal(address is null ? null : IPAddress.Parse(address), url.Address);
        Assert.Equal(new ListenPorts(low, high), url.Ports);
        Assert.Equal(text, url.ToString());
    }

    [Theory]
    [InlineData("unix:/run/l4.sock", "/run/l4.sock")]
    [InlineData("unix:///run/l4.sock", "/run/l4.sock")]
    [InlineData("UNIX:/a b", "/a b")]
    public void A_unix_socket_has_a_path(string text, string path)
    {
        Assert.True(EndpointUrl.TryParse(text, out var url, out _));
        Assert.Equal((EndpointScheme.Unix, path), (url.Scheme, url.Path));
    }

    [Fact]
    public void An_inherited_descriptor_has_a_name()
    {
        Assert.True(EndpointUrl.TryParse("fd:web-1", out var url, out _));
        Assert.Equal((EndpointScheme.Fd, "web-1"), (url.Scheme, url.Name));
    }

    [Theory]
    [InlineData("", "'' must start with tcp://")]
    [InlineData(":1883", "':1883' must start with tcp://")]
    [InlineData("tcp:*:1883", "must start with tcp://")]
    [InlineData("https://*:443", "is HTTP, which Kestrel listens for")]
    [InlineData("tcp://*", "has no port; write 'tcp://host:port'.")]
    [InlineData("tcp://[::1]", "has no port")]
    [InlineData("tcp://", "has no port")]
    [InlineData("tcp://*:1883/", "must end with its port")]
    [InlineData("tcp://*:", "is not a port")]
    [InlineData("tcp://*:65536", "is not a port")]
    [InlineData("tcp://*:-1", "is not a port")]
    [InlineData("tcp://*:0-10", "is not a port")]
    [InlineData("tcp://*:20-10", "lower port first")]
    [InlineData("tcp://:80", "'' is not '*' (every address)")]
    [InlineData("tcp://example.com:80", "'example.com' is not '*' (every address)")]
    [InlineData("tcp://127.1:80", "'127.1' is not")]
    [InlineData("tcp://::1:80", "'::1' is not")]
    [InlineData("tcp://[127.0.0.1]:80", "'[127.0.0.1]' is not")]
    [InlineData("unix:", "must have an absolute path")]
    [InlineData("unix:run/l4.sock", "must have an absolute path")]
    [InlineData("unix://run/l4.sock", "must have an absolute path")]
    [InlineData("fd:", "must have the descriptor's name")]
    [InlineData("fd:a b", "must have the descriptor's name")]
    public void What_is_no_url_says_why(string text, string message)
    {
        Assert.False(EndpointUrl.TryParse(text, out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_too_long_for_the_kernel_is_refused()
    {
        Assert.True(EndpointUrl.TryParse("unix:/" + new string('a', 102), out _, out _));
        Assert.False(EndpointUrl.TryParse("unix:/" + new string('a', 103), out _, out _));
        Assert.False(EndpointUrl.TryParse("unix:/" + new string('ä', 52), out _, out _));
        Assert.False(EndpointUrl.TryParse("unix:/a\0b", out _, out _));
    }
}
