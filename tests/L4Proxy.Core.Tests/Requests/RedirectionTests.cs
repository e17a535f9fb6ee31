using L4Proxy.Configuration;
using L4Proxy.Requests;

namespace L4Proxy.Core.Tests.Requests;

/// <summary>Where clients are sent.</summary>
public class RedirectionTests
{
    [Theory]
    [InlineData("https://{host}{uri}", "/a?b=c", "https://a.test/a?b=c")]
    [InlineData("https://{host}:8443{path}", "/a?b=c", "https://a.test:8443/a")]
    [InlineData("{scheme}://{authority}/x?{query}", "/a?b=c", "http://a.test:81/x?b=c")]
    [InlineData("https://{label.0}.{label.1}/{{x}}", "/", "https://test.a/{x}")]
    [InlineData("https://x.test{uri}", "http://elsewhere.test/p?q#f", "https://x.test/p?q")]
    [InlineData("https://x.test{uri}", "*", "https://x.test/")]
    [InlineData("https://x.test{uri}", "a.test:443", "https://x.test/")]
    [InlineData("/new{path}", "/a", "/new/a")]
    [InlineData("{uri}", "//evil.test/x", "/evil.test/x")]
    [InlineData("{path}/", "/\\evil.test", "/%5Cevil.test/")]
    public void A_URL_is_made_of_what_was_asked_for(string url, string target, string expected) => Assert.Equal(expected, UrlFor(new() { Url = url }, target));

    [Theory]
    [InlineData("/a\r\nSet-Cookie: x=1", "https://a.test/a%0D%0ASet-Cookie:%20x=1")]
    [InlineData("/\"><script>'`", "https://a.test/%22%3E%3Cscript%3E%27%60")]
    [InlineData("/\u00fc", "https://a.test/%C3%BC")]
    [InlineData("/%0d%0a", "https://a.test/%0d%0a")]
    public void Nothing_that_a_client_sends_ends_a_line_or_a_tag(string target, string expected) => Assert.Equal(expected, UrlFor(new() { Url = "https://{host}{uri}" }, target));

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal("https://a.test/%EF%BF%BD", UrlFor(new() { Url = "https://{host}{uri}" }, "/\ud800"));

    [Theory]
    [InlineData("a.test\r\nX: y", "https://a.test%0D%0AX/")]
    [InlineData("a@evil.test", "https://a%40evil.test/")]
    [InlineData("a.test/evil?#", "https://a.test%2Fevil%3F%23/")]
    [InlineData("[::1]:80", "https://[::1]/")]
    [InlineData("", "https:///")]
    public void A_host_stays_one(string host, string expected)
    {
        Assert.True(Redirection.TryRead(new() { Url = "https://{host}{uri}" }, out var redirect, out _, out _));
        Assert.Equal(expected, redirect.UrlFor(RequestUrl.Of(isTls: false, host, "/")));
    }

    [Theory]
    [InlineData("^http://a\\.test(:\\d+)?/(?<rest>.*)$", "https://b.test/{rest}", "/x?y", "https://b.test/x?y")]
    [InlineData("/old/", "/new/", "/old/x", "http://a.test:81/new/x")]
    [InlineData("^.*?/to/(.*)$", "{1}", "/to/https://evil.test/", "https://evil.test/")]
    [InlineData("^.*?/to/(.*)$", "{1}", "/to/javascript:alert(1)", null)]
    [InlineData("^.*?/to(/.*)$", "{1}", "/to//evil.test/", "/evil.test/")]
    [InlineData("^https://", "x", "/", null)]
    [InlineData("^(x?).*$", "{1}", "/", null)]
    public void What_an_expression_matches_is_replaced(string regex, string url, string target, string? expected) => Assert.Equal(expected, UrlFor(new() { Regex = regex, Url = url }, target));

    [Fact]
    public void What_is_too_long_is_not_redirected()
    {
        var redirect = new L4Redirect { Url = $"https://a.test{string.Concat(Enumerable.Repeat("{uri}", 32))}" };

        Assert.NotNull(UrlFor(redirect, "/a"));
        Assert.Null(UrlFor(redirect, "/" + new string('a', 8000)));
        Assert.Null(UrlFor(new() { Regex = "a", Url = "https://{uri}" }, "/" + new string('a', 8000)));
    }

    [Theory]
    [InlineData(301, true, 301)]
    [InlineData(301, false, 308)]
    [InlineData(302, false, 307)]
    [InlineData(303, false, 303)]
    [InlineData(null, true, 302)]
    public void A_request_stays_what_it_is(int? status, bool isGet, int expected)
    {
        Assert.True(Redirection.TryRead(new() { Url = "/", Status = status }, out var redirect, out _, out _));
        Assert.Equal(expected, redirect.StatusFor(isGet));
    }

    [Theory]
    [InlineData("", "A redirect needs the URL that it leads to, as 'https://{host}{uri}'.")]
    [InlineData("ftp://x", "It should begin with 'https://', 'http://' or '/'.")]
    [InlineData("javascript:{query}", "It should begin with 'https://', 'http://' or '/'.")]
    [InlineData("{host}", "It should begin with 'https://', 'http://' or '/'.")]
    [InlineData("https://a b", "It is no URL: what is not ASCII, and blanks, are percent-encoded there.")]
    [InlineData("https://a\r\nX: y", "It is no URL: what is not ASCII, and blanks, are percent-encoded there.")]
    [InlineData("https://{hots}/", "There is no '{hots}' here, did you mean 'host'?")]
    [InlineData("https://{label.200}/", "There is no '{label.200}' here, did you mean 'label.0'?")]
    [InlineData("https://{host", "It has a single brace: one that is meant is written twice.")]
    [InlineData("https://host}", "It has a single brace: one that is meant is written twice.")]
    public void What_is_wrong_is_said(string url, string expected)
    {
        Assert.False(Redirection.TryRead(new() { Url = url }, out _, out var key, out var error));
        Assert.Equal(("Url", expected), (key, error));
    }

    private static string? UrlFor(L4Redirect config, string target)
    {
        Assert.True(Redirection.TryRead(config, out var redirect, out _, out var error), error);
        return redirect.UrlFor(RequestUrl.Of(isTls: false, "a.test:81", target));
    }
}
