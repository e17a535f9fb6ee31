using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Configuration;

namespace L4Proxy.Hosting.Tests.Testing;

public sealed class EdgeFactory(string broker) : WebApplicationFactory<Program>
{
    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.ConfigureAppConfiguration(configuration =>
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["L4Proxy:Endpoints:mqtt:Url"] = "tcp://127.0.0.1:0",      // any free port
            ["L4Proxy:Routes:mqtt:ClusterId"] = "broker",
            ["L4Proxy:Clusters:broker:Destinations:a:Address"] = broker,
            ["L4Proxy:ShutdownTimeout"] = "00:00:00",                  // what is open when the test ends is cut at once
        }));
}
