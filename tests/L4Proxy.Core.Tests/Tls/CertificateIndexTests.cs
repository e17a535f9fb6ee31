using L4Proxy.Tls;

namespace L4Proxy.Core.Tests.Tls;

public class CertificateIndexTests
{
    private static readonly TestPki s_pki = new();

    private static readonly CertificateIndex s_index = new(
    [
        Loaded("first.example.com"), Loaded("a.example.com", "*.b.example.com"), Loaded("*.example.com"), Loaded("x.example.com", "a.example.com"),
        Loaded("10.0.0.1"),
    ]);

    [Theory]
    [InlineData("a.example.com", "a.example.com")]
    [InlineData("A.EXAMPLE.COM.", "a.example.com")]
    [InlineData("x.example.com", "x.example.com")]
    [InlineData("y.example.com", "*.example.com")]
    [InlineData("z.b.example.com", "a.example.com")]
    [InlineData("b.example.com", "*.example.com")]
    [InlineData("y.z.b.example.com", "first.example.com")]
    [InlineData("example.com", "first.example.com")]
    [InlineData(".example.com", "first.example.com")]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("10.0.0.1", "first.example.com")]
    [InlineData(".", "first.example.com")]
    [InlineData("", "first.example.com")]
    [InlineData(null, "first.example.com")]
    public void An_exact_name_comes_before_a_wildcard_and_both_before_the_first(string? serverName, string expected) =>
        Assert.Equal($"CN={expected}", s_index.Find(serverName).Certificate.Subject);

    private static LoadedCertificate Loaded(params string[] names) => new(s_pki.Issue(names), []);
}
