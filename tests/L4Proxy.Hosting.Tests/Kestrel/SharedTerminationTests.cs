using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>Routes that end TLS on a port that HTTP shares.</summary>
public sealed class SharedTerminationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(new[] { 16384 }, false)]
    [InlineData(new[] { 40, 16384 }, false)]
    [InlineData(new[] { 1, 90, 16384 }, false)]
    [InlineData(new[] { 50 }, true)]
    public async Task The_certificate_is_that_of_the_name_in_however_many_records_it_comes(int[] records, bool byteByByte)
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        await using var test = await TestApp.StartAsync(
            b =>
            {
                b.Services.Replace(ServiceDescriptor.Singleton<IL4ConnectionGate, ProxyGate>());
                b.Configuration["Kestrel:Endpoints:Web:Url"] = "http://127.0.0.1:0";
                b.Services.AddL4Proxy().LoadFromMemory(Terminating(backend.LocalEndpoint));
            },
            url: null);
        using var client = await RawClient.ConnectAsync(test.Url);
        var shown = "";
        await using var tls = new SslStream(
            new FragmentedHelloStream(client.Socket, records, byteByByte), leaveInnerStreamOpen: false, (_, certificate, _, _) =>
            {
                shown = certificate!.Subject;
                return true;
            });

        await tls.AuthenticateAsClientAsync("other.example.com").InTime();

        Assert.Equal("CN=other.example.com", shown);
    }

    private L4Config Terminating(EndPoint backend) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint>
        {
            ["web"] = new() { Kestrel = "Web", Certificates = [Write("first.example.com"), Write("other.example.com")] },
        },
        Routes = new Dictionary<string, L4Route>
        {
            ["tls"] = new() { Endpoints = ["web"], Tls = L4RouteTls.Terminate, ClusterId = "c", Match = new L4Match { Protocols = ["tls"] } },
        },
        Clusters = new Dictionary<string, L4Cluster>
        {
            ["c"] = new() { Destinations = new Dictionary<string, L4Destination> { ["d"] = new() { Address = backend.ToString() } } },
        },
    };

    private L4Certificate Write(string name)
    {
        using var certificate = TestCertificate.Make(name);
        var path = Path.Combine(_directory, $"{name}.pem");
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        return new L4Certificate { Path = path };
    }
}
