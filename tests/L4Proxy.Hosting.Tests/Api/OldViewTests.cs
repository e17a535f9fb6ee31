using System.Net;
using L4Proxy.Core.Tests.House;
using L4Proxy.Store;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>A gateway that has not heard yet of what another one wrote.</summary>
public sealed class OldViewTests
{
    [Fact]
    public async Task It_refuses_nothing_before_it_has_asked_the_store()
    {
        var low = FreePorts.Row(1);
        var store = new SharedStore { IsSilent = true };
        await using var one = await ApiApp.StartAsync(configure: builder => builder.Services.AddSingleton<IL4Store>(store));
        await using var two = await ApiApp.StartAsync(configure: builder => builder.Services.AddSingleton<IL4Store>(store));
        await one.DoAsync("PUT", "pools/p", $$"""{ "protocol": "tcp", "ports": "{{low}}" }""");
        Assert.Equal(HttpStatusCode.NotFound, (await two.SendAsync("GET", "pools/p")).Status);
        await two.DoAsync("POST", "pools/p/allocations", """{ "route": "a" }""");
        // Nor where the configuration would be wrong.
        await one.DoAsync("PUT", "clusters/c", """{ "destinations": { "x": { "address": "127.0.0.1:1" } } }""");
        await one.DoAsync("PUT", "endpoints/e", """{ "url": "tcp://127.0.0.1:0" }""");
        await two.DoAsync("PUT", "routes/r", """{ "endpoints": ["e"], "clusterId": "c" }""");
        Assert.Equal(HttpStatusCode.BadRequest, (await two.SendAsync("PUT", "routes/r", """{ "endpoints": ["e"], "clusterId": "none" }""")).Status);
    }
}
