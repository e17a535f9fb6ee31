using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.Extensions.DependencyInjection;
using Snippets;

namespace L4Proxy.Hosting.Tests.Destinations;

/// <summary>The policy of docs/load-balancing.md, in an application.</summary>
public class TenantPolicyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_of_a_tenant_stay_together_and_tenants_are_spread()
    {
        await using var one = await TlsBackend.StartAsync(TestCertificate.Localhost);
        await using var other = await TlsBackend.StartAsync(TestCertificate.Localhost);
        await using var test = await StartAsync(one.EndPoint, other.EndPoint);
        var clients = new List<SslStream>();
        for (var i = 0; i < 24; i++)
            clients.Add(await ConnectAsync(test, $"tenant{i % 8}.example.com"));

        var sessions = test.App.Services.GetRequiredService<IL4Sessions>().GetAll();
        Assert.Equal(24, sessions.Count);
        var homes = sessions.GroupBy(session => session.ServerName).Select(tenant => Assert.Single(tenant.Select(session => session.DestinationId).Distinct())).ToList();
        Assert.Equal(8, homes.Count);
        Assert.Equal(["a", "b"], homes.Distinct().Order());
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Where_its_destination_is_gone_a_tenant_goes_to_another()
    {
        await using var other = await TlsBackend.StartAsync(TestCertificate.Localhost);
        IPEndPoint gone;
        await using (var one = await TlsBackend.StartAsync(TestCertificate.Localhost))
            gone = one.EndPoint;
        await using var test = await StartAsync(gone, other.EndPoint);
        for (var i = 0; i < 4; i++)
        {
            await using var client = await ConnectAsync(test, $"tenant{i % 2}.example.com");
            await Deadline.Until(() => test.App.Services.GetRequiredService<IL4Sessions>().GetAll().All(session => session.DestinationId == "b"));
        }
    }

    private static Task<TestApp> StartAsync(IPEndPoint a, IPEndPoint b) => TestApp.StartAsync(builder =>
    {
        builder.Services.AddSingleton<IL4LoadBalancingPolicy, TenantPolicy>();
        builder.Services.AddL4Proxy().LoadFromMemory(new L4Config
        {
            AccessLog = new() { Enabled = false },
            Endpoints = new Dictionary<string, L4Endpoint> { ["in"] = new() { Url = "tcp://127.0.0.1:0" } },
            Routes = new Dictionary<string, L4Route> { ["tenants"] = new() { Endpoints = ["in"], Match = new() { Sni = ["*.example.com"] }, ClusterId = "tenants" } },
            Clusters = new Dictionary<string, L4Cluster>
            {
                ["tenants"] = new()
                {
                    LoadBalancingPolicy = "Tenant",
                    Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = a.ToString() }, ["b"] = new() { Address = b.ToString() } },
                },
            },
        });
    });

    private static async Task<SslStream> ConnectAsync(TestApp test, string name)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, test.App.Services.GetRequiredService<IL4Endpoints>().Find("in")!.Port!.Value, Token);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = name, RemoteCertificateValidationCallback = delegate { return true; } }, Token).InTime();
        return tls;
    }
}
