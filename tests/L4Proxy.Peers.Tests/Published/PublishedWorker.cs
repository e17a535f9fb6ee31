using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Published;

/// <summary>samples/Worker as it was published, in a directory of its own with an appsettings.json.</summary>
internal sealed class PublishedWorker : IAsyncDisposable
{
    /// <summary>Long enough for another processor that is emulated on a machine that has other things to do.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private const string FileName = "appsettings.json";

    private static readonly string? s_transport = Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT");

    private readonly TempDirectory _directory = new();
    private readonly RunningProgram _program;

    private PublishedWorker(string path, string json)
    {
        _directory.Write(FileName, json);
        _program = RunningProgram.Start(path, ["--contentRoot", _directory.Path],
            environment: s_transport is null ? null : new Dictionary<string, string> { ["L4Proxy__Transport"] = s_transport });
    }

    /// <summary>Whether it runs over the managed transport, which has a UDP socket for each address that the machine's interfaces have.</summary>
    public static bool IsManaged => s_transport == "Managed";

    /// <summary>Everything it logs.</summary>
    public OutputLines Log => _program.Output;

    /// <summary>Starts it and waits until it has started.</summary>
    public static async Task<PublishedWorker> StartAsync(string path, string json, CancellationToken cancellation)
    {
        var worker = new PublishedWorker(path, json);
        try
        {
            await worker.Log.WaitForAsync("Application started", Deadline, cancellation);
            return worker;
        }
        catch (Exception e) when (e is TimeoutException or EndOfStreamException)
        {
            await worker.DisposeAsync();
            throw new InvalidOperationException($"It has not started. {worker._program}", e);
        }
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<ProgramResult> RunAsync(string path, string json, CancellationToken cancellation)
    {
        await using var worker = new PublishedWorker(path, json);
        return await worker.WaitForExitAsync(cancellation);
    }

    /// <summary>Writes its file anew, in place or as a new file renamed over it.</summary>
    public void Rewrite(string json, bool byRename = false)
    {
        var file = _directory.Write(byRename ? $"{FileName}.new" : FileName, json);
        if (byRename)
            File.Move(file, _directory.File(FileName), overwrite: true);
    }

    /// <summary>Asks it to end.</summary>
    public void Terminate() => Signal.Terminate(_program.Id);

    public Task<ProgramResult> WaitForExitAsync(CancellationToken cancellation) => _program.WaitForExitAsync(Deadline, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _directory.Dispose();
    }

}
