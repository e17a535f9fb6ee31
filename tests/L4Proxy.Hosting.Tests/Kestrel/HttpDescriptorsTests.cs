using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>HTTP connections and the one budget of descriptors.</summary>
public class HttpDescriptorsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_handed_to_HTTP_keeps_its_place_until_Kestrel_has_closed_it(bool claimed)
    {
        var answer = new TaskCompletionSource<string>();
        var heard = new TaskCompletionSource();
        await using var test = await TestApp.StartAsync(
            gate: new FakeGate { ClaimsListener = _ => claimed },
            map: app => app.MapGet("/late", async (HttpContext context) =>
            {
                await using var ended = context.Features.Get<IConnectionLifetimeFeature>()!.ConnectionClosed.Register(heard.SetResult);
                return await answer.Task;
            }));
        var budget = test.App.Services.GetRequiredService<DescriptorBudget>();
        var before = budget.Taken;
        using (var client = await RawClient.ConnectAsync(test.Url))
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            await client.ReadUntilAsync("hello");
            Assert.Equal(before + DescriptorBudget.OfConnection, budget.Taken);
            // The client's FIN ends what Kestrel receives, and not the connection: an answer is still to come.
            await client.SendAsync("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
            client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await heard.Task.InTime();
            Assert.Equal(before + DescriptorBudget.OfConnection, budget.Taken);
            answer.SetResult("late");
            await client.ReadToEndAsync();
        }
        await Deadline.Until(() => budget.Taken == before);
        Assert.Equal(0, budget.Connections);
    }
}
