using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Clients;

/// <summary>The <c>curl</c> program, for which any name is at 127.0.0.1.</summary>
internal static class Curl
{
    /// <summary>Gets <c>https://name:port/</c>; answers the body, a space, and the HTTP version spoken.</summary>
    /// <param name="name">Host name and SNI.</param>
    /// <param name="port">Port of 127.0.0.1.</param>
    /// <param name="trusted">Path of the only certificate trusted.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="version"><c>--http2</c>, <c>--http1.1</c>.</param>
    /// <param name="from">The address of loopback that it comes from; default: 127.0.0.1.</param>
    public static async Task<string> GetAsync(string name, int port, string trusted, CancellationToken cancellation,
        string version = "--http2", string from = "127.0.0.1") =>
        (await TryGetAsync(name, port, trusted, cancellation, version, from)).Succeeded().ReplaceLineEndings("");

    /// <summary>The same, however it ends.</summary>
    public static Task<ProgramResult> TryGetAsync(string name, int port, string trusted, CancellationToken cancellation,
        string version = "--http2", string from = "127.0.0.1") =>
        RunningProgram.RunAsync("curl",
            ["--silent", "--show-error", "--noproxy", "*", "--max-time", "20", version, "--cacert", trusted, "--interface", from,
             "--resolve", $"{name}:{port}:127.0.0.1", "--write-out", " %{http_version}", $"https://{name}:{port}/"], cancellation);

    /// <summary>Gets a URL whose host is a name at 127.0.0.1.</summary>
    public static Task<ProgramResult> RunAsync(string url, CancellationToken cancellation, params string[] options)
    {
        var uri = new Uri(url);
        return RunningProgram.RunAsync("curl",
            ["--silent", "--show-error", "--fail", "--noproxy", "*", "--max-time", "25",
             "--resolve", $"{uri.Host}:{uri.Port}:127.0.0.1", .. options, url], cancellation, deadline: TimeSpan.FromMinutes(2));
    }
}
