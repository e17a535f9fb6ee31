using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using L4Proxy.Routing.Conditions;

namespace L4Proxy.Core.Tests.Routing;

public class TextGlobTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("**", "a", true)]
    [InlineData("a", "a", true)]
    [InlineData("a", "A", false)]
    [InlineData("a", "ab", false)]
    [InlineData("a*", "ab", true)]
    [InlineData("*b", "ab", true)]
    [InlineData("*b", "ba", false)]
    [InlineData("a*c*e", "abcde", true)]
    [InlineData("a*c*e", "abde", false)]
    [InlineData("*ab*ab", "abab", true)]
    [InlineData("*aab", "aaab", true)]
    [InlineData("a?", "ab", false)]
    public void A_star_is_any_characters(string pattern, string text, bool expected)
    {
        Assert.Equal(expected, new TextGlob(pattern).Matches(text.AsSpan()));
        Assert.Equal(expected, new TextGlob(pattern).Matches<byte>(Encoding.Latin1.GetBytes(text)));
    }

    [Fact]
    public void Bytes_are_Latin_1()
    {
        Assert.True(new TextGlob("*vpce-1").Matches<byte>([1, .. "vpce-1"u8]));
        Assert.True(new TextGlob("\u0001vpce-1").Matches<byte>([1, .. "vpce-1"u8]));
        Assert.True(new TextGlob("\u00ff*").Matches<byte>([0xFF, 0, 0x80]));
        Assert.False(new TextGlob("\u01ff").Matches<byte>([0xFF]));
    }

    [Fact]
    public void Any_pattern_matches_what_its_regular_expression_does() =>
        Gen.Select(Gen.String[Gen.OneOf('a', 'b', '*', '*'), 0, 6], Gen.String[Gen.OneOf('a', 'b'), 0, 7]).Sample(
            (pattern, text) =>
            {
                var regex = "^" + pattern.Replace("*", ".*", StringComparison.Ordinal) + "$";
                Assert.Equal(Regex.IsMatch(text, regex, RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1)), new TextGlob(pattern).Matches(text.AsSpan()));
            },
            iter: 20_000);
}
