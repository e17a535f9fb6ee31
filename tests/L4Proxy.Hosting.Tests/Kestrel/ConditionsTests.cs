using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>Conditions on raw bytes and matchers of the application's on a port shared with Kestrel: what they do not take is served with all its bytes.</summary>
public class ConditionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_raw_bytes()
    {
        await using var test = await StartAsync(new L4Match { Bytes = [new() { Text = "GIOP" }, new() { Regex = "^GET /secret [^\\n]*\\n", Length = 128 }] });
        using var http = TestApp.CreateClient();
        Assert.Equal("hello", await http.GetStringAsync(test.Url, Token));
        Assert.Equal("http HTTP/1.1", await http.GetStringAsync(new Uri(test.Url, "/protocol"), Token));

        await AssertResetAsync(test, "GIOP");
        await AssertResetAsync(test, "GET /secret HTTP/1.1\r\n");
    }

    [Fact]
    public async Task By_what_the_application_says()
    {
        await using var test = await StartAsync(new L4Match
        {
            Protocols = ["http"], Custom = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["secret"] = new Dictionary<string, string> { ["path"] = "/secret" } },
        });
        using var http = TestApp.CreateClient();
        Assert.Equal("hello", await http.GetStringAsync(test.Url, Token));
        using var content = new ByteArrayContent(new byte[100_000]);
        using var answer = await http.PostAsync(new Uri(test.Url, "/hash"), content, Token);
        Assert.True(answer.IsSuccessStatusCode);

        await AssertResetAsync(test, "GET /secret HTTP/1.1\r\n");
    }

    private static async Task AssertResetAsync(TestApp test, string sent)
    {
        using var client = await RawClient.ConnectAsync(test.Url);
        await client.SendAsync(sent);
        await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
    }

    private static Task<TestApp> StartAsync(L4Match match) => TestApp.StartAsync(
        builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IL4ConnectionGate, ProxyGate>());
            builder.Services.AddSingleton<IL4ConnectionMatcher, Secret>();
            builder.Configuration["Kestrel:Endpoints:Web:Url"] = "http://127.0.0.1:0";
            builder.Services.AddL4Proxy().LoadFromMemory(new L4Config
            {
                Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() { Kestrel = "Web" } },
                Routes = new Dictionary<string, L4Route> { ["r"] = new() { Endpoints = ["web"], Match = match, Action = L4RouteAction.Reject } },
            });
        },
        url: null);

    private sealed class Secret : IL4ConnectionMatcher
    {
        public string Name => "Secret";

        public async ValueTask<bool> MatchesAsync(L4ConnectionMatcherContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return System.Text.Encoding.ASCII.GetString(context.FirstBytes.Span).Contains(context.Settings["path"], StringComparison.Ordinal);
        }

        public IEnumerable<string> Validate(IReadOnlyDictionary<string, string> settings) => settings.ContainsKey("path") ? [] : ["A 'path' is needed."];
    }
}
