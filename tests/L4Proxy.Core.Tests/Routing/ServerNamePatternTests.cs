using L4Proxy.Names;

namespace L4Proxy.Core.Tests.Routing;

public class ServerNamePatternTests
{
    private static ServerNamePattern Parse(string text)
    {
        Assert.True(ServerNamePattern.TryParse(text, out var pattern, out var error), error);
        return pattern;
    }

    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("Example.COM.", "example.com", true)]
    [InlineData("bücher.example", "xn--bcher-kva.example", true)]
    [InlineData("*.BÜCHER.example", "a.xn--bcher-kva.example", true)]
    [InlineData("example.com", "a.example.com", false)]
    [InlineData("example.com", "", false)]
    [InlineData("_dmarc.example.com", "_dmarc.example.com", true)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "aexample.com", false)]
    [InlineData("*.example.com", ".example.com", false)]
    [InlineData("{x}.example.com", "a.example.com", true)]
    [InlineData("{x}.example.com", "a.b.example.com", false)]
    [InlineData("{x}.example.com", "example.com", false)]
    [InlineData("{x}.{y}.example.com", "a.b.example.com", true)]
    [InlineData("{x}.{y}.example.com", "b.example.com", false)]
    [InlineData("{**x}.example.com", "a.b.example.com", true)]
    [InlineData("{**x}.example.com", "example.com", false)]
    [InlineData("*", "anything", true)]
    [InlineData("*", "", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    public void A_pattern_matches_a_normalised_name(string pattern, string name, bool matches) =>
        Assert.Equal(matches, Parse(pattern).IsMatch(name));

    [Theory]
    [InlineData("{x}.example.com", "a.example.com", "x", "a")]
    [InlineData("{x}.{y}.example.com", "a.b.example.com", "x", "a")]
    [InlineData("{x}.{y}.example.com", "a.b.example.com", "y", "b")]
    [InlineData("{x}.{y}.{z}.com", "a.bcd.ef.com", "z", "ef")]
    [InlineData("{**x}.example.com", "a.b.example.com", "x", "a.b")]
    [InlineData("{x}.example.com", "a.example.com", "y", null)]
    [InlineData("{x}.example.com", "a.b.example.com", "x", null)]
    [InlineData("*.example.com", "a.example.com", "x", null)]
    [InlineData("*", "a.example.com", "x", null)]
    [InlineData("", "", "x", null)]
    public void A_capture_is_what_its_labels_stand_for(string pattern, string name, string capture, string? value)
    {
        Assert.Equal(value is not null, Parse(pattern).TryCapture(name, capture, out var captured));
        Assert.Equal(value ?? "", captured.ToString());
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("127.1")]
    [InlineData("0x7f.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("*.0.0.1")]
    [InlineData("example.com:443")]
    [InlineData("a.*.example.com")]
    [InlineData("a*.example.com")]
    [InlineData("*a.example.com")]
    [InlineData("*.")]
    [InlineData("*.*.example.com")]
    [InlineData("**.example.com")]
    [InlineData("a.{x}.example.com")]
    [InlineData("vm-{x}.example.com")]
    [InlineData("{x}-vm.example.com")]
    [InlineData("{x}")]
    [InlineData("{x}.")]
    [InlineData("{x")]
    [InlineData("{}.example.com")]
    [InlineData("{a b}.example.com")]
    [InlineData("{ä}.example.com")]
    [InlineData("{x}.{x}.example.com")]
    [InlineData("{**x}.{y}.example.com")]
    [InlineData("{y}.{**x}.example.com")]
    [InlineData("{***x}.example.com")]
    [InlineData("{x}.*.example.com")]
    [InlineData("a..example.com")]
    [InlineData(".example.com")]
    [InlineData(".")]
    [InlineData(" ")]
    [InlineData("a b.example.com")]
    [InlineData("a/b.example.com")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com")]
    public void What_no_client_can_send_is_an_error(string text)
    {
        Assert.False(ServerNamePattern.TryParse(text, out _, out var error));
        Assert.EndsWith(".", error);
    }

    [Fact]
    public void More_specific_forms_come_first()
    {
        string[] expected = ["a.b.c", "{x}.b.c", "{x}.c", "*.b.c", "{**x}.c", "*", ""];

        var sorted = expected.Reverse().Select(Parse)
            .OrderDescending(Comparer<ServerNamePattern>.Create((a, b) => ServerNameSpecificity.Compare(a.Specificity, b.Specificity)));

        Assert.Equal(expected, sorted.Select(pattern => pattern.ToString()));
    }
}
