using L4Proxy.Names;
using L4Proxy.Tls;

namespace L4Proxy.Core.Tests.Tls;

public class CertificateNamesTests
{
    private static readonly TestPki s_pki = new();

    [Theory]
    [InlineData("a.example.com b.example.com", "a.example.com b.example.com")]
    [InlineData("A.Example.COM a.example.com", "a.example.com")]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("10.0.0.1 a.example.com", "a.example.com")]
    [InlineData("10.0.0.1", "")]
    [InlineData("f*.example.com a.*.example.com *.*.example.com * a.example.com", "a.example.com")]
    public void The_alternative_names_count(string names, string expected) =>
        Assert.Equal(expected, string.Join(' ', CertificateNames.Of(s_pki.Issue(names.Split(' ')))));

    [Theory]
    [InlineData("CN=a.example.com", "a.example.com")]
    [InlineData("CN=*.example.com, O=b.example.com", "*.example.com")]
    [InlineData("O=a.example.com", "")]
    [InlineData("CN=A company", "")]
    public void The_common_name_counts_where_there_are_no_others(string subject, string expected) =>
        Assert.Equal(expected, string.Join(' ', CertificateNames.Of(TestPki.SelfSigned(subject))));

    [Theory]
    [InlineData("a.example.com", "a.example.com", true)]
    [InlineData("a.example.com", "b.example.com", false)]
    [InlineData("a.example.com", "*.example.com", true)]
    [InlineData("a.example.com", "*.a.example.com", false)]
    [InlineData("a.b.example.com", "{x}.example.com", false)]
    [InlineData("a.b.example.com", "{x}.{y}.example.com", true)]
    [InlineData("a.example.com", "*", true)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "a.b.example.com", false)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.com", "localhost", false)]
    [InlineData("*.example.com", "*.example.com", true)]
    [InlineData("*.example.com", "*.b.example.com", false)]
    [InlineData("*.b.example.com", "*.example.com", true)]
    [InlineData("*.b.example.com", "{x}.example.com", false)]
    [InlineData("*.b.example.com", "{x}.{y}.example.com", true)]
    [InlineData("*.example.com", "*", true)]
    public void A_name_is_for_what_a_pattern_takes_or_for_nothing_of_it(string name, string text, bool isFor)
    {
        Assert.True(ServerNamePattern.TryParse(text, out var pattern, out _));
        Assert.Equal(isFor, CertificateNames.IsFor(name, pattern));
    }
}
