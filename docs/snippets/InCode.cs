using L4Proxy;
using L4Proxy.Configuration;

namespace Snippets;

/// <summary>A configuration made in code.</summary>
internal static class InCode
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddL4Proxy().LoadFromMemory(new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint>
            {
                ["https"] = new(),                                   // the Kestrel endpoint that says UseL4Proxy("https")
                ["mqtt"] = new() { Url = "tcp://*:1883" },
            },
            Routes = new Dictionary<string, L4Route>
            {
                ["lacny"] = new() { Endpoints = ["https"], Match = new() { Sni = ["*.lacny.me"] }, ClusterId = "lacny" },
                ["mqtt"] = new() { Endpoints = ["mqtt"], ClusterId = "broker" },
            },
            Clusters = new Dictionary<string, L4Cluster>
            {
                ["lacny"] = new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = "192.168.0.21:443" } } },
                ["broker"] = new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = "192.168.0.204:1883" } } },
            },
        });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(8443, listen =>
        {
            listen.UseL4Proxy("https");
            listen.UseHttps();
        }));
    }

    public static void AddPolicy(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IL4LoadBalancingPolicy, NearestPolicy>();
        builder.Services.AddSingleton<IL4LoadBalancingPolicy, TenantPolicy>();
    }

    public static void AddMatcher(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IL4ConnectionMatcher, FeatureMatcher>();
    }

    public static void AddMiddleware(WebApplicationBuilder builder, IBlocklist blocklist)
    {
        builder.Services.AddL4Proxy().UseConnectionMiddleware("mqtt", connection => connection.Use(next => async context =>
        {
            if (await blocklist.ContainsAsync(context.RemoteEndPoint, context.ConnectionClosed))
                context.Abort();
            else
                await next(context);
            var session = context.Features.Get<IL4SessionFeature>()!.Session;
            Console.WriteLine($"{session}: {session.EndReason}");
        }));
    }
}
