using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Gateways;

/// <summary>samples/Gateway as users run it: a process with a FILE.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    private const string FileName = "gateway.json";

    private readonly TempDirectory _directory;
    private readonly RunningProgram _program;

    private GatewayProcess(TempDirectory directory, RunningProgram program)
    {
        _directory = directory;
        _program = program;
    }

    /// <summary>Everything it logs.</summary>
    public OutputLines Log => _program.Output;

    public int Id => _program.Id;

    // ./test.sh publishes it, compiled ahead, so that it starts faster.
    private static string Dll { get; } = Environment.GetEnvironmentVariable("L4PROXY_GATEWAY") ?? Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "GatewayDll").Value!;

    /// <summary>Starts it with FILE as given, in a directory of its own or a given one that becomes its own, and waits until it is ready.</summary>
    public static async Task<GatewayProcess> StartAsync(string json, CancellationToken cancellation, string? resolvConfPath = null,
        IReadOnlyDictionary<string, string>? environment = null, TempDirectory? directory = null, int? maxOpenFiles = null)
    {
        directory ??= new TempDirectory();
        string[] limited = maxOpenFiles is null ? [] : ["prlimit", $"--nofile={maxOpenFiles}"];
        string[] command = [.. limited, "dotnet", Dll, "--config", directory.Write(FileName, OverTransport(json))];
        // A mount namespace of its own gives it another resolver and leaves the machine's as it is.
        string[] started = resolvConfPath is null
            ? command
            : ["unshare", "--mount", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"", resolvConfPath, .. command];
        var gateway = new GatewayProcess(directory,
            RunningProgram.Start(started[0], started[1..], environment: environment));
        try
        {
            await gateway.Log.WaitForAsync("Ready: ", RunningProgram.UsualDeadline, cancellation);
            return gateway;
        }
        catch (Exception e) when (e is TimeoutException or EndOfStreamException)
        {
            await gateway.DisposeAsync();
            throw new InvalidOperationException($"The gateway is not ready. {gateway._program}", e);
        }
    }

    /// <summary>Runs it to its end with any arguments; <c>FILE</c> among them stands for a file with <paramref name="json"/>.</summary>
    public static async Task<ProgramResult> RunAsync(string? json, string[] arguments, CancellationToken cancellation)
    {
        using var directory = new TempDirectory();
        var file = json is null ? directory.File(FileName) : directory.Write(FileName, json);
        return await RunningProgram.RunAsync("dotnet", [Dll, .. arguments.Select(a => a == "FILE" ? file : a)], cancellation);
    }

    /// <summary>Runs <c>--check</c> of a file to its end, as another user; only root can.</summary>
    public static Task<ProgramResult> CheckAsAsync(string user, string file, CancellationToken cancellation) =>
        RunningProgram.RunAsync("setpriv", ["--reuid", user, "--clear-groups", "dotnet", Dll, "--config", file, "--check"], cancellation);

    /// <summary>Starts it with FILE as given; nobody reads what it writes.</summary>
    public static Process StartUnread(string json, TempDirectory directory) => Process.Start(new ProcessStartInfo(
        Installed.Require("dotnet"), [Dll, "--config", directory.Write(FileName, OverTransport(json))]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Starts it without arguments: the demonstration, or what the environment says.</summary>
    public static RunningProgram StartWithoutFile(IReadOnlyDictionary<string, string>? environment = null) => RunningProgram.Start("dotnet", [Dll], environment: environment);

    /// <summary>Writes FILE anew, in place or as a new file renamed over it.</summary>
    public void Rewrite(string json, bool byRename = false)
    {
        if (byRename)
            File.Move(_directory.Write("gateway.json.new", OverTransport(json)), _directory.File(FileName), overwrite: true);
        else
            _directory.Write(FileName, OverTransport(json));
    }

    /// <summary>Takes FILE away.</summary>
    public void Remove() => File.Delete(_directory.File(FileName));

    /// <summary>Memory that it has now, in bytes.</summary>
    public async Task<long> ResidentBytesAsync(CancellationToken cancellation)
    {
        var status = await File.ReadAllLinesAsync($"/proc/{Id}/status", cancellation);
        var line = status.Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>How many descriptors it has now.</summary>
    public int OpenDescriptors() => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>A copy of what is in its directory now, which outlives it.</summary>
    public TempDirectory CopyDirectory() => _directory.Copy();

    /// <summary>Asks it to end, and waits until it has; answers its exit code.</summary>
    public Task<int> StopAsync() => _program.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _directory.Dispose();
    }

    public override string ToString() => _program.ToString();

    /// <summary>All tests run over one transport or the other, as the variable says; added to FILE.</summary>
    private static string OverTransport(string json) =>
        Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT") is { Length: > 0 } transport && !json.Contains("\"Transport\"", StringComparison.Ordinal)
            ? FirstOfL4Proxy().Replace(json, $"$0 \"Transport\": \"{transport}\",", 1)
            : json;

    [GeneratedRegex(@"""L4Proxy""\s*:\s*\{")]
    private static partial Regex FirstOfL4Proxy();
}
