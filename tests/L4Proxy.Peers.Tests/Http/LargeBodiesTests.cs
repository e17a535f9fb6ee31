using System.Security.Cryptography;
using L4Proxy.Hosting.Tests.Http;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Http;

/// <summary>Bodies larger than any buffer: 1 GB in the long version.</summary>
public sealed class LargeBodiesTests
{
    private const long AllowedGrowth = 32 * 1024 * 1024;

    private static long Length => (Soak.IsOn ? 1024 : 64) * 1024L * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<Door, string, string> Ways =>
    [
        new(Door.Shared, "--http2", "http1"), new(Door.Tls, "--http1.1", "h2c"), new(Door.Terminated, "--http2", "h2c"),
        InSoak(Door.Shared, "--http1.1", "h2c"), InSoak(Door.Tls, "--http2", "http1"), InSoak(Door.Terminated, "--http1.1", "http1"),
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task They_arrive_whole_up_and_down_and_nothing_is_kept(Door door, string version, string protocol)
    {
        using var files = new TempDirectory();
        await using (var file = File.Create(files.File("sent")))
            await BodiesBackend.WriteAsync(file, Length, Cancellation);
        var hash = await HashAsync(files.File("sent"));
        await using var backend = await BodiesBackend.StartAsync(Cancellation, protocol);
        await using var gateway = await L7Gateway.StartAsync(door, backend.Cluster, Cancellation);
        string[] options = ["--cacert", gateway.Root, version, "--max-time", "110"];
        (await Curl.RunAsync(gateway.Url("/version"), Cancellation, options)).Succeeded();
        var before = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation);

        var up = await Curl.RunAsync(gateway.Url("/up"), Cancellation, [.. options, "--upload-file", files.File("sent")]);
        var down = await Curl.RunAsync(gateway.Url($"/down/{Length}"), Cancellation, [.. options, "--output", files.File("received")]);

        Assert.Equal($"{Length} {hash}", up.Succeeded().Trim());
        down.Succeeded();
        Assert.Equal(hash, await HashAsync(files.File("received")));
        var growth = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation) - before;
        Assert.True(growth < AllowedGrowth, $"It keeps {growth} bytes more than before.");
    }

    private static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, Cancellation));
    }

    private static TheoryDataRow<Door, string, string> InSoak(Door door, string version, string protocol) =>
        new TheoryDataRow<Door, string, string>(door, version, protocol).WithTrait("Runs", "Soak");
}
