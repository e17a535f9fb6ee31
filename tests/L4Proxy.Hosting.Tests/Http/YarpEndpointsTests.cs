using L4Proxy.Configuration;
using L4Proxy.Http;
using L4Proxy.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>What YARP has made of routes, while it makes something else of them.</summary>
public sealed class YarpEndpointsTests
{
    [Fact]
    public void A_change_while_they_are_read_is_seen()
    {
        using var source = new ChangingSource();
        using var services = new ServiceCollection().AddSingleton<EndpointDataSource>(source).BuildServiceProvider();
        var endpoints = new YarpEndpoints(services);
        var route = new RouteModel { Id = "web", Config = new L4Route(), Sources = null! };

        endpoints.Find(route);
        endpoints.Find(route);
        endpoints.Find(route);

        // The first time it changed under the reader's hands, and then no more.
        Assert.Equal(2, source.Reads);
    }

    private sealed class ChangingSource : EndpointDataSource, IDisposable
    {
        private readonly CancellationTokenSource _first = new();
        private readonly CancellationTokenSource _second = new();

        public int Reads { get; private set; }

        public override IReadOnlyList<Endpoint> Endpoints
        {
            get
            {
                Reads++;
                _first.Cancel();
                return [];
            }
        }

        public override IChangeToken GetChangeToken() => new CancellationChangeToken(_first.IsCancellationRequested ? _second.Token : _first.Token);

        public void Dispose()
        {
            _first.Dispose();
            _second.Dispose();
        }
    }
}
