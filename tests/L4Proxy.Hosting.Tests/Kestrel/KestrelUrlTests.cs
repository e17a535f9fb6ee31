using L4Proxy.Kestrel;

namespace L4Proxy.Hosting.Tests.Kestrel;

public class KestrelUrlTests
{
    [Theory]
    [InlineData("http://127.0.0.1:80", "127.0.0.1:80")]
    [InlineData("https://127.0.0.1", "127.0.0.1:443")]
    [InlineData("http://0.0.0.0:8080", "0.0.0.0:8080")]
    [InlineData("https://[::1]:8443", "[::1]:8443")]
    [InlineData("http://[::]:0", "[::]:0")]
    [InlineData("http://localhost:5000", "127.0.0.1:5000 [::1]:5000")]
    [InlineData("http://LOCALHOST:5000", "127.0.0.1:5000 [::1]:5000")]
    [InlineData("http://app.localhost:5000", "127.0.0.1:5000 [::1]:5000")]
    [InlineData("http://*:80", "[::]:80 0.0.0.0:80")]
    [InlineData("https://+:0", "[::]:0 0.0.0.0:0")]
    [InlineData("https://example.com", "[::]:443 0.0.0.0:443")]
    [InlineData("http://unix:/tmp/a.sock", "")]
    [InlineData("http://pipe:/name", "")]
    [InlineData("nonsense", "")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Addresses_are_those_that_kestrel_binds(string? url, string expected) =>
        Assert.Equal(expected, string.Join(' ', KestrelUrl.AddressesOf(url)));
}
