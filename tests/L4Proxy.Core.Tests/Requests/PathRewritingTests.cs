using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Requests;

namespace L4Proxy.Core.Tests.Requests;

/// <summary>What destinations are asked for.</summary>
public class PathRewritingTests
{
    [Theory]
    [InlineData("/api/x?q=1", "/x?q=1", "/api")]
    [InlineData("/api", "/", "/api")]
    [InlineData("/apix", "/x", "/api")]
    [InlineData("/v2/x", "/x", "/v2")]
    [InlineData("/API/x", "/API/x", "")]
    [InlineData("/api/%2Fx", "/%2Fx", "/api")]
    public void The_beginning_is_taken_away(string target, string expected, string prefix)
    {
        Assert.Equal(expected, TargetFor(target, out var stripped, new L4Rewrite { StripPrefix = ["/api", "/v2"] }));
        Assert.Equal(prefix, stripped);
    }

    [Theory]
    [InlineData("/api../secret")]
    [InlineData("/api%2e%2e/secret")]
    [InlineData("/api..%2fsecret")]
    [InlineData("/api/..")]
    [InlineData("/api..\\x")]
    public void Nothing_leads_out(string target) => Assert.Null(TargetFor(target, out _, new L4Rewrite { StripPrefix = ["/api"] }));

    [Fact]
    public void Changes_are_made_one_after_the_other()
    {
        Assert.Equal("/v1/x?q", TargetFor("/api/x?q", out _, new L4Rewrite { StripPrefix = ["/api"] }, new L4Rewrite { AddPrefix = "/v1/" }));
        Assert.Equal("/x?q", TargetFor("/x.html?q", out _, new L4Rewrite { StripSuffix = ".html" }));
        Assert.Equal("/index.php?q", TargetFor("/x?q", out _, new L4Rewrite { Set = "/index.php" }));
        Assert.Equal("/index.php?p=/x", TargetFor("/x?q", out _, new L4Rewrite { Set = "/index.php?p={path}" }));
        Assert.Equal("/y/x?q", TargetFor("/x?q", out _, new L4Rewrite { Set = "/y{uri}" }));
        Assert.Equal("/y/x", TargetFor("/x", out _, new L4Rewrite { Set = "/y{uri}" }));
        Assert.Equal("/b/1?q", TargetFor("/a/1?q", out _, new L4Rewrite { Regex = "^/a/(?<n>.*)$", With = "/b/{n}" }));
        Assert.Equal("/c%3Fd", TargetFor("/ab", out _, new L4Rewrite { Regex = "ab", With = "c{path}" }, new L4Rewrite { Regex = "/ab", With = "%3Fd" }));
    }

    [Fact]
    public void What_is_too_long_is_nobodys() =>
        Assert.Null(TargetFor("/" + new string('a', 4000), out _, [.. Enumerable.Repeat(new L4Rewrite { Set = "{path}{path}" }, 4)]));

    [Theory]
    [InlineData(""" { } """, "0: It is one of StripPrefix, StripSuffix, AddPrefix, Set, or Regex and With.")]
    [InlineData(""" { "With": "x" } """, "0: It is one of StripPrefix, StripSuffix, AddPrefix, Set, or Regex and With.")]
    [InlineData(""" { "Set": "/x", "AddPrefix": "/y" } """, "0: It is one of StripPrefix, StripSuffix, AddPrefix, Set, or Regex and With.")]
    [InlineData(""" { "Set": "x" } """, "0:Set: A path begins with '/'.")]
    [InlineData(""" { "Set": "/x\r\n" } """, "0:Set: It is no path: what is not ASCII, and blanks, are percent-encoded there.")]
    [InlineData(""" { "StripPrefix": ["/a/../b"] } """, "0:StripPrefix: The beginning of a path is a '/' and more, as '/api', without '?', '#' and segments of dots.")]
    [InlineData(""" { "Regex": "(", "With": "x" } """, "0:Regex: '(' is not a regular expression: Invalid pattern '(' at offset 1. Not enough )'s.")]
    [InlineData(""" { "Regex": "(a)", "With": "{2}" } """, "0:With: There is no '{2}' here.")]
    public void What_is_wrong_is_said(string step, string expected)
    {
        var rewrite = (L4Rewrite)L4Rewrite.Keys.Shape.Read(System.Text.Json.JsonDocument.Parse(step).RootElement, new("x"), new ConfigErrors())!;
        Assert.False(PathRewriting.TryRead([rewrite], new ConfigPath("r"), out _, out var error));
        Assert.Equal($"r:{expected}", $"{error.Value.Path}: {error.Value.Message}");
    }

    private static string? TargetFor(string target, out string prefix, params L4Rewrite[] steps)
    {
        Assert.True(PathRewriting.TryRead(steps, new ConfigPath("r"), out var rewriting, out var error), error?.Message);
        return rewriting.TargetFor(RequestUrl.Of(isTls: false, "a.test", target), out prefix, out _);
    }
}
