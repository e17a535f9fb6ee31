using System.Text;
using L4Proxy.Prefaces.Http;

namespace L4Proxy.Core.Tests.Prefaces.Http;

public class HttpPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b?c/../d", "/a/b")]
    [InlineData("/%61dmin", "/admin")]
    [InlineData("/a%2fb%2Fc", "/a%2fb%2Fc")]
    [InlineData("/a%252fb", "/a%2fb")]
    [InlineData("/%C3%a9%E2%82%AC%F0%9F%98%80", "/é€😀")]
    [InlineData("/%C3x%ff%e2%82", "/%C3x%ff%e2%82")]
    [InlineData("/%c3%2f", "/%c3%2f")]
    [InlineData("/%4", "/%4")]
    [InlineData("/%zz%+1", "/%zz%+1")]
    [InlineData("/x/../admin", "/admin")]
    [InlineData("/x/%2e%2E/admin", "/admin")]
    [InlineData("/a/./b/.", "/a/b/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/..", "/")]
    [InlineData("/../../a", "/a")]
    [InlineData("//a//..", "//a/")]
    [InlineData("/.a/..b/...", "/.a/..b/...")]
    public void It_is_what_Kestrel_makes_of_it(string target, string expected)
    {
        Assert.Null(HttpPath.Read(Encoding.ASCII.GetBytes(target), out var path));
        Assert.Equal(expected, path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("?a")]
    [InlineData("/a b")]
    [InlineData("/a%00")]
    [InlineData("/\u00e9")]
    public void What_is_no_path_has_a_reason(string target)
    {
        Assert.NotNull(HttpPath.Read(Encoding.Latin1.GetBytes(target), out var path));
        Assert.Null(path);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("%C3%A9")]
    [InlineData("%F0%9F%98%80")]
    public void Of_a_long_one_the_beginning_is_kept(string part)
    {
        Assert.Null(HttpPath.Read(Encoding.ASCII.GetBytes("/" + string.Concat(Enumerable.Repeat(part, 3000))), out var path));

        Assert.Equal(("/" + string.Concat(Enumerable.Repeat(Uri.UnescapeDataString(part), 3000)))[..1024], path);
    }
}
