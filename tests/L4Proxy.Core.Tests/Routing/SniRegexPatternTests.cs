using L4Proxy.Names;

namespace L4Proxy.Core.Tests.Routing;

public class SniRegexPatternTests
{
    private static SniRegexPattern Parse(string text)
    {
        Assert.True(SniRegexPattern.TryParse(text, out var pattern, out var error), error);
        return pattern;
    }

    [Theory]
    [InlineData(@"a\.com", "a.com", true)]
    [InlineData(@"A\.COM", "a.com", true)]
    [InlineData(@"a\.com", "ba.com", false)]
    [InlineData(@"a\.com", "a.com.evil", false)]
    [InlineData(@"a|b", "ab", false)]
    [InlineData(@"^a$", "a", true)]
    [InlineData(@"a", "a\n", false)]
    public void The_whole_name_must_match(string pattern, string name, bool matches) =>
        Assert.Equal(matches, Parse(pattern).IsMatch(name));

    [Fact]
    public void Groups_are_captures_by_name_and_by_number()
    {
        var pattern = Parse(@"(?<vm>[a-z]+)-([0-9]+)\.example\.com");

        Assert.Equal(["1", "vm"], pattern.CaptureNames);
        Assert.True(pattern.TryCapture("db-42.example.com", "vm", out var vm));
        Assert.Equal("db", vm.ToString());
        Assert.True(pattern.TryCapture("db-42.example.com", "1", out var number));
        Assert.Equal("42", number.ToString());
        Assert.False(pattern.TryCapture("db-42.example.com", "other", out _));
        Assert.False(pattern.TryCapture("other", "vm", out _));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a)|(?:b")]
    [InlineData("(?=a)b")]
    [InlineData(@"(a)\1")]
    [InlineData("(?>a)")]
    public void What_is_no_linear_time_expression_is_an_error(string text)
    {
        Assert.False(SniRegexPattern.TryParse(text, out _, out var error));
        Assert.EndsWith(".", error);
    }
}
