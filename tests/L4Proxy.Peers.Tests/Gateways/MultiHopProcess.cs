using System.Globalization;
using System.Reflection;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Gateways;

/// <summary>samples/MultiHop as users run it, with its own two files and other ports in them: the origin, which starts the edge.</summary>
internal sealed class MultiHopProcess : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private readonly RunningProgram _origin;

    private MultiHopProcess(TempDirectory directory, RunningProgram origin, int edgePort, int originPort)
    {
        (_directory, _origin) = (directory, origin);
        (EdgePort, OriginPort) = (edgePort, originPort);
    }

    public int EdgePort { get; }

    public int OriginPort { get; }

    /// <summary>What both of them say, and the web application.</summary>
    public OutputLines Log => _origin.Output;

    public int OriginId => _origin.Id;

    /// <summary>The certificate that the origin made itself.</summary>
    public string CertificatePath => _directory.File("origin.pem");

    private static string Dll { get; } = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "MultiHopDll").Value!;

    /// <summary>Starts it, and waits until the edge listens, which is last.</summary>
    public static async Task<MultiHopProcess> StartAsync(CancellationToken cancellation)
    {
        var directory = new TempDirectory();
        var (edge, origin, web) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        foreach (var name in (string[])["edge.json", "origin.json"])
            directory.Write(name, (await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(Dll)!, name), cancellation))
                .Replace(":8443", $":{edge}", StringComparison.Ordinal)
                .Replace(":9443", $":{origin}", StringComparison.Ordinal)
                .Replace(":5080", $":{web}", StringComparison.Ordinal));
        var process = new MultiHopProcess(directory, RunningProgram.Start("dotnet", [Dll], directory.Path, OverTransport()), edge, origin);
        try
        {
            await process.Log.WaitForAsync("Ctrl+C ends both", RunningProgram.UsualDeadline, cancellation);
            return process;
        }
        catch (Exception e) when (e is TimeoutException or EndOfStreamException)
        {
            var said = process.ToString();
            await process.DisposeAsync();
            throw new InvalidOperationException($"The two are not ready. {said}", e);
        }
    }

    /// <summary>The edge, which the origin has started on one of its threads.</summary>
    public int FindEdgeId() => Directory.GetDirectories($"/proc/{OriginId}/task")
        .Select(thread => File.ReadAllText($"{thread}/children").Trim())
        .Where(children => children.Length > 0)
        .Select(id => int.Parse(id, CultureInfo.InvariantCulture))
        .Single();

    /// <summary>Asks the origin to end, and waits until both have; answers its exit code.</summary>
    public Task<int> StopAsync() => _origin.StopAsync();

    /// <summary>Waits until both have ended by themselves: what they write to is open for as long as one of them lives.</summary>
    public Task<ProgramResult> WaitForExitAsync(CancellationToken cancellation) =>
        _origin.WaitForExitAsync(RunningProgram.UsualDeadline, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        _directory.Dispose();
    }

    public override string ToString() => _origin.ToString();

    private static Dictionary<string, string>? OverTransport() =>
        Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT") is { Length: > 0 } transport ? new() { ["L4Proxy__Transport"] = transport } : null;
}
