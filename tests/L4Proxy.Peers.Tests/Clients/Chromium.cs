using System.Text.Json;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Clients;

/// <summary>Chromium without a window: GREASE, encrypted-hello padding and post-quantum key shares in its ClientHello.</summary>
internal static class Chromium
{
    /// <summary>Loads <c>https://name:port/</c> of 127.0.0.1 and answers the page as the browser holds it.</summary>
    public static async Task<string> LoadAsync(string name, int port, CancellationToken cancellation)
    {
        using var profile = new TempDirectory();
        var result = await RunningProgram.RunAsync("chromium",
            ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking",
             $"--user-data-dir={profile.Path}", "--ignore-certificate-errors", "--no-proxy-server",
             $"--host-resolver-rules=MAP {name} 127.0.0.1", "--dump-dom", $"https://{name}:{port}/"],
            cancellation, deadline: TimeSpan.FromMinutes(1),
            environment: new Dictionary<string, string> { ["HOME"] = profile.Path });
        // A page that does not load is no failure to it: only its log says why.
        Assert.True(result.Succeeded().Length > 0, $"{result}");
        return result.Output;
    }

    /// <summary>Loads <c>https://name:port/</c> as a browser that accepts a certificate, so that it uses a connection for all names that the certificate covers.</summary>
    /// <param name="name">The name of the page; it and all below the same suffix are at 127.0.0.1.</param>
    /// <param name="suffix">The suffix.</param>
    /// <param name="port">The port.</param>
    /// <param name="certificate">What is accepted.</param>
    /// <param name="cancellation">Cancels it.</param>
    public static async Task<string> LoadAcceptingAsync(string name, string suffix, int port, ServerCertificate certificate, CancellationToken cancellation)
    {
        using var profile = new TempDirectory();
        var result = await RunningProgram.RunAsync("chromium",
            ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking",
             $"--user-data-dir={profile.Path}", $"--ignore-certificate-errors-spki-list={certificate.PublicKeySha256}", "--no-proxy-server",
             $"--host-resolver-rules=MAP *.{suffix} 127.0.0.1", "--dump-dom", $"https://{name}:{port}/"],
            cancellation, deadline: TimeSpan.FromMinutes(1),
            environment: new Dictionary<string, string> { ["HOME"] = profile.Path });
        Assert.True(result.Succeeded().Length > 0, $"{result}");
        return result.Output;
    }

    /// <summary>Shows a page of 127.0.0.1 for some seconds of its own time, so that its scripts have run.</summary>
    /// <param name="url">Of the page.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <returns>The page as the browser holds it then, and all that it asked for over the network, of whomever. Nobody else is found.</returns>
    public static async Task<(string Page, IReadOnlyList<Uri> Asked)> ShowAsync(string url, CancellationToken cancellation)
    {
        using var profile = new TempDirectory();
        var log = profile.File("net.json");
        var result = await RunningProgram.RunAsync("chromium",
            ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking",
             $"--user-data-dir={profile.Path}", "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", $"--log-net-log={log}",
             "--virtual-time-budget=10000", "--dump-dom", url],
            cancellation, deadline: TimeSpan.FromMinutes(2), environment: new Dictionary<string, string> { ["HOME"] = profile.Path });
        Assert.True(result.Succeeded().Length > 0, $"{result}");
        return (result.Output, AskedIn(await File.ReadAllTextAsync(log, cancellation), new Uri(url).GetLeftPart(UriPartial.Authority)));
    }

    /// <summary>What pages of an origin asked for over the network, by a log of it. The browser itself asks for more.</summary>
    private static IReadOnlyList<Uri> AskedIn(string log, string origin)
    {
        using var json = JsonDocument.Parse(log);
        var begins = json.RootElement.GetProperty("constants").GetProperty("logEventTypes").GetProperty("URL_REQUEST_START_JOB").GetInt32();
        return [.. json.RootElement.GetProperty("events").EnumerateArray()
            .Where(item => item.GetProperty("type").GetInt32() == begins && item.TryGetProperty("params", out var given) && given.TryGetProperty("initiator", out var by) && by.GetString() == origin)
            .Select(item => new Uri(item.GetProperty("params").GetProperty("url").GetString()!)).Where(asked => asked.Scheme is not ("data" or "blob"))];
    }

    /// <summary>Loads <c>https://name/</c> over QUIC alone, of 127.0.0.1 and a port, and answers the page as the browser holds it.</summary>
    public static async Task<string> LoadOverQuicAsync(string name, int port, ServerCertificate certificate, CancellationToken cancellation)
    {
        using var profile = new TempDirectory();
        // Of an error in a certificate QUIC knows no "all the same".
        await using var running = StartOverQuic(name, port, profile, $"--ignore-certificate-errors-spki-list={certificate.PublicKeySha256}");
        return (await running.WaitForExitAsync(TimeSpan.FromMinutes(1), cancellation)).Succeeded();
    }

    /// <summary>Asks for <c>https://name/</c> over QUIC alone, of 127.0.0.1 and a port.</summary>
    public static RunningProgram StartOverQuic(string name, int port, TempDirectory profile, params string[] arguments) => RunningProgram.Start("chromium",
        ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking",
         $"--user-data-dir={profile.Path}", "--no-proxy-server", $"--origin-to-force-quic-on={name}:443",
         $"--host-resolver-rules=MAP {name} 127.0.0.1:{port}, MAP * ~NOTFOUND", .. arguments, "--dump-dom", $"https://{name}/"],
        environment: new Dictionary<string, string> { ["HOME"] = profile.Path });
}
