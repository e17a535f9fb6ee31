using static L4Proxy.Core.Tests.Configuration.ConfigValidatorTests;

namespace L4Proxy.Core.Tests.Requests;

/// <summary>What a route may say of its requests.</summary>
public class RequestRulesValidationTests
{
    [Theory]
    [InlineData(""" "Http": { "Redirect": "https://{host}{uri}" } """)]
    [InlineData(""" "ClusterId": "c", "Http": { "Redirect": { "Url": "/b", "Regex": "/a$", "Status": 308 } } """)]
    [InlineData(""" "Http": { "Redirect": { "Url": "/b", "Regex": "/a$" }, "Respond": { "Status": 404 } } """)]
    [InlineData(""" "Http": { "Respond": { "Status": 503, "Headers": { "Retry-After": "60" }, "Body": "no {host}: {{}}", "Close": true } } """)]
    [InlineData(""" "Http": { "Respond": { "Abort": true } } """)]
    [InlineData(""" "ClusterId": "c", "Http": { "Rewrite": [{ "StripPrefix": ["/a"] }, { "Regex": "x", "With": "y" }] } """)]
    [InlineData(""" "ClusterId": "c", "Http": { } """)]
    public void What_can_be_done_is_right(string route) => AssertValid(Section(route));

    [Theory]
    [InlineData(""" "Http": { "Rewrite": [{ "AddPrefix": "/a" }] } """, "ClusterId: The route needs a cluster to proxy to, or another 'Action'.")]
    [InlineData(""" "ClusterId": "c", "Http": { "Respond": { "Status": 204 } } """, "ClusterId: The route answers every request by itself ('Http:Respond'), and leads to no cluster.")]
    [InlineData(""" "Http": { "Redirect": { "Status": 301 } } """, "Http:Redirect:Url: A redirect needs the URL that it leads to, as 'https://{host}{uri}'.")]
    [InlineData(""" "Http": { "Redirect": { "Url": "/", "Status": 305 } } """, "Http:Redirect:Status: 305 redirects nobody: 301, 302, 303, 307 or 308 do.")]
    [InlineData(""" "Http": { "Respond": { "Status": 204, "Body": "x" } } """, "Http:Respond:Body: An answer of 204 has no body.")]
    [InlineData(""" "Http": { "Respond": { "Abort": true, "Status": 200 } } """, "Http:Respond:Abort: Where a request is cut off nothing is answered: leave out the rest.")]
    [InlineData(""" "Http": { "Respond": { "Headers": { "X: y": "z" } } } """, "Http:Respond:Headers:X: y: 'X: y' is no name of a header.")]
    [InlineData(""" "Http": { "Respond": { "Headers": { "X": "a\r\nY: b" } } } """, "Http:Respond:Headers:X: The value of a header is at most 4096 characters of ASCII, on one line.")]
    [InlineData(""" "Http": { "Respond": { "Headers": { "content-length": "1" } } } """, "Http:Respond:Headers:content-length: 'content-length' is the server's to say.")]
    [InlineData(""" "Http": { "Respond": { "Status": 301, "Headers": { "Location": "/" } } } """, "Http:Respond:Headers:Location: An answer that leads elsewhere is 'Http:Redirect'.")]
    public void What_cannot_be_done_is_an_error(string route, string error) => AssertErrors(Section(route), $"L4Proxy:Routes:r:{error}");

    [Fact]
    public void A_route_of_connections_has_no_requests() => AssertErrors(
        """{ "Endpoints": { "t": { "Url": "tcp://*:1" } }, "Clusters": { "c": { "Destinations": { "d": { "Address": "h:1" } } } }, "Routes": { "r": { "ClusterId": "c", "Http": { "Redirect": "/" } } } }""",
        "L4Proxy:Routes:r:Http: It is of requests, and only a route whose 'Mode' is 'L7' has them.");

    private static string Section(string route) =>
        $$"""{ "Endpoints": { "t": { "Url": "tcp://*:1" } }, "Clusters": { "c": { "Destinations": { "d": { "Address": "h:1" } } } }, "Routes": { "r": { "Endpoints": ["t"], "Mode": "L7", "Match": { "Sni": ["*"] }, {{route}} } } }""";
}
