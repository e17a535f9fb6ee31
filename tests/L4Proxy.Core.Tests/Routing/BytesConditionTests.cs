using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Routing;
using L4Proxy.Routing.Conditions;
using static L4Proxy.Core.Tests.Routing.Routes;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>Routes by a client's raw first bytes.</summary>
public class BytesConditionTests
{
    [Theory]
    [InlineData("", "NeedMore")]
    [InlineData("\u0016", "NeedMore")]
    [InlineData("\u0016\u0003", "r")]
    [InlineData("\u0016\u0003xyz", "r")]
    [InlineData("\u0017", "rest")]
    [InlineData("\u0016\u0004", "rest")]
    public void Hex_is_ruled_out_by_the_first_byte_that_differs(string bytes, string expected) => Assert.Equal(expected, Match(new() { Hex = "16 03" }, bytes));

    [Theory]
    [InlineData("", "NeedMore")]
    [InlineData("xxh", "NeedMore")]
    [InlineData("xxhé", "r")]
    [InlineData("xxhe", "rest")]
    public void Text_is_UTF_8_from_its_offset(string bytes, string expected) =>
        Assert.Equal(expected, Match(new() { Text = "hé", Offset = 2 }, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(bytes))));

    [Theory]
    // Found is found.
    [InlineData("b+", 8, "ab", "r")]
    // It may still come, until as many bytes are there as it looks at.
    [InlineData("b+", 8, "aaaaaaa", "NeedMore")]
    [InlineData("b+", 8, "aaaaaaaa", "rest")]
    [InlineData("b+", 8, "aaaaaaaab", "rest")]
    // What follows may take it back.
    [InlineData("ab$", 4, "ab", "NeedMore")]
    [InlineData("ab$", 4, "aaab", "r")]
    [InlineData("ab$", 4, "aaba", "rest")]
    [InlineData("ab\\b", 4, "ab", "NeedMore")]
    [InlineData("ab\\z", 4, "ab", "NeedMore")]
    [InlineData("ab\\B", 4, "abc", "NeedMore")]
    [InlineData("ab\\B", 4, "abcd", "r")]
    // Latin-1.
    [InlineData("^\\x16\\xff", 4, "\u0016\u00ff", "r")]
    // What it begins with is not there.
    [InlineData("^GET /[ab]", 64, "GEX", "rest")]
    [InlineData("^GET /[ab]", 64, "GET", "NeedMore")]
    [InlineData("^GET /[ab]", 64, "GET /c", "NeedMore")]
    [InlineData("^GET|SSH", 64, "SSX", "NeedMore")]
    [InlineData("(?i)^get", 64, "GET", "r")]
    [InlineData("(?m)^GET", 64, "a", "NeedMore")]
    public void A_regex_is_decided_once_no_byte_can_change_it(string regex, int length, string bytes, string expected) =>
        Assert.Equal(expected, Match(new() { Regex = regex, Length = length }, bytes));

    [Theory]
    [InlineData("^GET ", "GET ")]
    [InlineData("\\AGET ", "GET ")]
    [InlineData("^GET+", "GE")]
    [InlineData("^GET{2}", "GE")]
    [InlineData("^GE(T|X)", "")]
    [InlineData("^G.", "G")]
    [InlineData("^a*b", "")]
    [InlineData("GET", "")]
    [InlineData("(?i)^GET", "")]
    [InlineData("^(?i)GET", "")]
    public void The_beginning_of_a_regex_is_what_it_certainly_begins_with(string regex, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(RegexBytes.BeginningOf(regex)));

    [Theory]
    [InlineData("^ab?$", "a", "r")]
    [InlineData("^ab?$", "b", "rest")]
    [InlineData("^$", "", "r")]
    public void When_no_more_comes_a_regex_looks_at_what_there_is(string regex, string bytes, string expected)
    {
        Assert.Equal("NeedMore", Match(new() { Regex = regex }, bytes[..0]));
        Assert.Equal(expected, Table(new L4BytesMatch { Regex = regex }).Match(Of(bytes), noMoreBytes: true).Text());
    }

    [Fact]
    public void Bytes_that_never_came_are_none()
    {
        Assert.Equal("rest", Table(new L4BytesMatch { Hex = "16 03" }).Match(Of("\u0016"), noMoreBytes: true).Text());
        Assert.Equal("rest", Table(new L4BytesMatch { Regex = ".*", Offset = 2 }).Match(Of("a"), noMoreBytes: true).Text());
    }

    [Fact]
    public void A_datagram_is_whole()
    {
        Assert.Equal("rest", Table(new L4BytesMatch { Hex = "16 03" }).Match(Of("\u0016") with { IsDatagram = true }, noMoreBytes: false).Text());
        Assert.Equal("r", Table(new L4BytesMatch { Regex = "^a$" }).Match(Of("a") with { IsDatagram = true }, noMoreBytes: false).Text());
    }

    [Fact]
    public void Any_of_the_list_is_enough()
    {
        var table = Table(new L4BytesMatch { Text = "ab" }, new() { Text = "ac" });

        Assert.Equal("NeedMore", table.Match(Of("a"), noMoreBytes: false).Text());
        Assert.Equal("r", table.Match(Of("ac"), noMoreBytes: false).Text());
        Assert.Equal("rest", table.Match(Of("ad"), noMoreBytes: false).Text());
    }

    [Fact]
    public void An_endpoint_where_only_bytes_are_asked_for_is_read_and_can_say_what_name_was_asked_for() =>
        Assert.Equal("tls", Table(new L4BytesMatch { Hex = "16" }).Protocols.ToString());

    [Theory]
    [InlineData("^b+c", 40)]
    [InlineData("^b+c", 4000)]
    public void To_look_allocates_nothing(string regex, int length)
    {
        var table = RouteTable.Create([Route("r", new() { Bytes = [new() { Hex = "17" }, new() { Regex = regex, Length = length }] }), Route("rest")]);
        var facts = Of(new string('b', length));
        table.Match(facts, noMoreBytes: false);

        Assert.Equal(0, Allocated.By(() => _ = table.Match(facts, noMoreBytes: false), times: 1_000));
    }

    private static string Match(L4BytesMatch match, string bytes) => Table(match).Match(Of(bytes), noMoreBytes: false).Text();

    private static RouteTable Table(params L4BytesMatch[] matches) => RouteTable.Create([Route("r", new L4Match { Bytes = matches }), Route("rest")]);

    private static ConnectionFacts Of(string bytes) => Facts() with { Bytes = Encoding.Latin1.GetBytes(bytes) };
}
