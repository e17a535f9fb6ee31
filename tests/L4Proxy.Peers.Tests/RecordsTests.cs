using System.Diagnostics;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Peers.Tests;

/// <summary>Names of internal services: dnsmasq, which watches the directory of the hosts file, says where they are, and curl gets there.</summary>
[Trait("Runs", "Once")]
public sealed class RecordsTests
{
    private const string Name = "llm.internal.example.com";

    // What "at once" is for a person, on a machine that does other things as well.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "E1")]
    [Trait("Row", "E2")]
    [Trait("Row", "E3")]
    [Trait("Row", "E5")]
    public async Task A_name_is_found_and_served_after_one_call_and_gone_after_another()
    {
        using var hosts = new TempDirectory();
        await using var dnsmasq = await DnsmasqPeer.StartOverAsync(hosts.Path, Cancellation);
        await using var web = await HttpBackend.StartAsync(Cancellation);
        var (http, https) = (FreePorts.Next(), FreePorts.Next());
        using var files = new TempDirectory();
        var certificate = ServerCertificate.Create(files, "internal", "*.internal.example.com");
        await using var app = await StartAsync(http, https, certificate, hosts.File("l4proxy"));

        await AddAsync(http, $$"""{ "service_name": "llm-service", "name": "{{Name}}", "ip": "127.0.0.1", "port": {{web.Port}}, "forward_to_ip": "127.0.0.1", "proxy_enabled": true }""");
        await SaysAsync(dnsmasq, Name, "A", "127.0.0.1");
        Assert.Equal(HttpBackend.Answer(Name), (await Curl.RunAsync($"http://{Name}:{http}/", Cancellation)).Succeeded());
        Assert.StartsWith(HttpBackend.Answer(Name), await Curl.GetAsync(Name, https, certificate.CertificatePath, Cancellation), StringComparison.Ordinal);

        // Another address, one more name, an IPv6 one.
        await AddAsync(http, $$"""{ "service_name": "llm-service", "name": "{{Name}}", "ip": "100.64.1.5" }""");
        await AddAsync(http, """{ "service_name": "old", "name": "old.internal.example.com", "ip": "2001:db8::5" }""");
        await SaysAsync(dnsmasq, "old.internal.example.com", "AAAA", "2001:db8::5");
        await SaysAsync(dnsmasq, Name, "A", "100.64.1.5");

        await CallAsync(http, "DELETE", "remove-record", $$"""{ "service_name": "llm-service", "name": "{{Name}}" }""");
        await SaysAsync(dnsmasq, Name, "A", "");
        await SaysAsync(dnsmasq, "old.internal.example.com", "AAAA", "2001:db8::5");
        await CallAsync(http, "DELETE", "remove-record", """{ "service_name": "old", "name": "old.internal.example.com" }""");
        await SaysAsync(dnsmasq, "old.internal.example.com", "AAAA", "");
        Assert.NotEqual(0, (await Curl.RunAsync($"http://{Name}:{http}/", Cancellation)).ExitCode);
        Assert.DoesNotContain("/.", dnsmasq.Log.Text, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(int http, int https, ServerCertificate certificate, string hostsFile)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Configuration.AddInMemoryCollection(
        [
            new("Kestrel:Endpoints:Http:Url", $"http://127.0.0.1:{http}"), new("Kestrel:Endpoints:Https:Url", $"https://127.0.0.1:{https}"),
            new("Kestrel:Endpoints:Https:Sni:*.internal.example.com:Certificate:Path", certificate.CertificatePath),
            new("Kestrel:Endpoints:Https:Sni:*.internal.example.com:Certificate:KeyPath", certificate.KeyPath),
        ]);
        builder.Services.AddReverseProxy();
        builder.Services.AddL4Proxy().LoadFromMemory(new L4Config());
        var app = builder.Build();
        app.MapReverseProxy();
        app.MapL4ProxyApi(configure: options => options.Records.HostsFile = hostsFile);
        await app.StartAsync(Cancellation);
        return app;
    }

    private static Task AddAsync(int port, string json) => CallAsync(port, "POST", "add-record", json);

    private static async Task CallAsync(int port, string method, string path, string json)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://127.0.0.1:{port}/{path}") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request, Cancellation);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static async Task SaysAsync(DnsmasqPeer dnsmasq, string name, string type, string address)
    {
        var begun = Stopwatch.StartNew();
        await Eventually.IsAsync($"{name} is at '{address}'", async () =>
            (await RunningProgram.RunAsync("dig", ["+short", $"@{dnsmasq.Address}", name, type], Cancellation)).Succeeded().Trim() == address, s_soon, Cancellation);
        TestContext.Current.SendDiagnosticMessage($"{name} {type} {address}: {begun.ElapsedMilliseconds} ms");
    }
}
