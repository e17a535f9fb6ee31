using System.Formats.Tar;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using L4Proxy.Core.Tests.House;
using L4Proxy.Providers.Tests.Docker.Engines;
using Microsoft.Extensions.DependencyInjection;
using TempDirectory = L4Proxy.Peers.Tests.Programs.TempDirectory;

namespace L4Proxy.Aspire.Tests.Running;

/// <summary>The gateway as a container, in a Docker Engine of the test's own; its target is a container as well.</summary>
[Collection(nameof(Orchestrated))]
public sealed class ContainerTests(DockerDaemon docker) : IClassFixture<DockerDaemon>
{
    private const string Image = "gateway";
    private const string Busybox = "/bin/busybox";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_moves_bytes_between_containers_and_keeps_half_closes()
    {
        await docker.RequireAsync();
        await ImportGatewayAsync();
        // Aspire's orchestrator uses the CLI, and the CLI this.
        Environment.SetEnvironmentVariable("DOCKER_HOST", docker.Endpoint.ToString());
        try
        {
            var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([], Cancellation);
            builder.Resources.Clear();
            var echo = builder.AddContainer("echo", "box").WithEntrypoint(Busybox).WithArgs("nc", "-ll", "-p", "7000", "-e", Busybox, "cat")
                .WithEndpoint(targetPort: 7000, scheme: "tcp", name: "tcp");
            AsGateway(builder.AddL4Proxy("box", Image)).WithTcpRoute("echo", echo.GetEndpoint("tcp")).WithL4AdminApi();

            await using var app = await builder.BuildAsync(Cancellation);
            await app.StartAsync(Cancellation).WaitAsync(s_patience, Cancellation);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("box", Cancellation).WaitAsync(s_patience, Cancellation);
            Assert.Equal("hello", await EchoAsync(app.GetEndpoint("box", "echo")));
            Assert.True((await app.ResourceCommands.ExecuteCommandAsync("box", "l4proxy-drain", Cancellation)).Success);
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", null);
        }
    }

    private static async Task<string> EchoAsync(Uri echo)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(echo.Host, echo.Port, Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync("hello"u8.ToArray(), Cancellation);
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(Cancellation);
    }

    /// <summary>Nothing can be pulled here, so the runtime, its libraries and the gateway are this machine's.</summary>
    private static IResourceBuilder<L4ProxyResource> AsGateway(IResourceBuilder<L4ProxyResource> edge) => edge
        .WithBindMount("/usr/lib", "/usr/lib", isReadOnly: true)
        .WithBindMount(Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory()), "/dotnet", isReadOnly: true)
        .WithBindMount(Path.GetDirectoryName(GatewayAssembly)!, "/app", isReadOnly: true)
        .WithEntrypoint("/dotnet/dotnet")
        .WithArgs("/app/Gateway.dll");

    private static string GatewayAssembly => Repository.PathOf($"samples/Gateway/bin/{(AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug")}/net10.0/Gateway.dll");

    private async Task ImportGatewayAsync()
    {
        using var directory = new TempDirectory();
        var file = directory.File("gateway.tar");
        await using (var tar = new TarWriter(File.Create(file)))
        {
            foreach (var folder in new[] { "tmp/", "app/", "dotnet/", "usr/", "usr/lib/" })
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder), Cancellation);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "lib") { LinkName = "usr/lib" }, Cancellation);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "lib64") { LinkName = "usr/lib64" }, Cancellation);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "usr/lib64") { LinkName = "lib/x86_64-linux-gnu" }, Cancellation);
        }
        await docker.DockerAsync("import", file, Image);
    }
}
