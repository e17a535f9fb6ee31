using System.Formats.Tar;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Providers.Tests.Docker.Engines;

/// <summary>
/// A Docker Engine of the tests' own: Debian's <c>dockerd</c> with everything in a directory that goes away with it, without a firewall and without <c>docker0</c>, and an image of nothing but busybox.
/// It also listens on a port of loopback over TLS.
/// </summary>
public sealed class DockerDaemon : IAsyncLifetime
{
    private const string Busybox = "/bin/busybox";
    private const string Image = "box";

    private readonly TempDirectory _directory = new();
    private RunningProgram? _daemon;
    private string? _reason;

    /// <summary>Its socket.</summary>
    public Uri Endpoint => new($"unix://{Socket}");

    /// <summary>Its port over TLS.</summary>
    public int Port { get; private set; }

    /// <summary>The folder with what its clients need.</summary>
    public string Certificates => _directory.File("client");

    /// <summary>The path of its socket.</summary>
    public string Socket => _directory.File("docker.sock");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _reason = Missing();
        if (_reason is not null)
            return;
        DaemonCertificates.Write(_directory.Path, Certificates);
        _directory.Write("daemon.json", "{}");
        Port = FreePort();
        try
        {
            await StartAsync();
            await ImportAsync();
            await DockerAsync("run", "--rm", "--network", "host", Image, Busybox, "true");
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            _reason = $"dockerd does not run containers here: {e.Message}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_reason is null)
            await RemoveAllAsync();
        await StopAsync();
        await UnmountAsync();
        _directory.Dispose();
    }

    /// <summary>Skips the test where there is no Engine, and has none of another test's containers.</summary>
    public async Task RequireAsync()
    {
        Assert.SkipWhen(_reason is not null, _reason ?? "");
        await RemoveAllAsync();
    }

    /// <summary>Starts it, again or at first.</summary>
    public async Task StartAsync()
    {
        _daemon = RunningProgram.Start("dockerd",
        [
            "--config-file", _directory.File("daemon.json"), "--data-root", _directory.File("data"), "--exec-root", _directory.File("run"), "--pidfile", _directory.File("pid"),
            "-H", $"unix://{Socket}", "-H", $"tcp://127.0.0.1:{Port}", "--tlsverify", "--tlscacert", _directory.File("ca.pem"), "--tlscert", _directory.File("cert.pem"),
            "--tlskey", _directory.File("key.pem"), "--iptables=false", "--ip6tables=false", "--bridge=none", "--ip-forward=false", "--live-restore",
        ]);
        await Eventually.IsAsync($"dockerd answers; it said {_daemon.Error.Text}", async () =>
        {
            if (_daemon.HasExited)
                throw new InvalidOperationException($"dockerd has ended: {_daemon}");
            return (await TryDockerAsync("version")).ExitCode == 0;
        }, RunningProgram.UsualDeadline, Cancellation);
    }

    /// <summary>Asks it to end; its containers go on.</summary>
    public async Task StopAsync()
    {
        if (_daemon is null)
            return;
        await _daemon.DisposeAsync();
        _daemon = null;
    }

    /// <summary>Runs the CLI.</summary>
    /// <returns>What it writes.</returns>
    public async Task<string> DockerAsync(params string[] arguments)
    {
        var result = await TryDockerAsync(arguments);
        return result.ExitCode == 0 ? result.Output.Trim() : throw new InvalidOperationException(result.ToString());
    }

    /// <summary>Starts a container in the network of the host, which ends at once when it is told to.</summary>
    public Task<string> RunAsync(string name, string[] labels, params string[] arguments) => RunCommandAsync(name, labels, ["--network", "host", .. arguments], ["sleep", "3600"]);

    /// <summary>The same with a command of busybox's, in any network.</summary>
    public Task<string> RunCommandAsync(string name, string[] labels, string[] arguments, string[] command) =>
        DockerAsync(["run", "--detach", "--name", name, "--stop-signal", "KILL", .. labels.SelectMany(label => new[] { "--label", label }), .. arguments, Image, Busybox, .. command]);

    private static string? Missing()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "needs root: dockerd makes namespaces and control groups";
        return new[] { "dockerd", "docker", "containerd", "runc" }.FirstOrDefault(program => Installed.Find(program) is null) is { } missing ? $"{missing} is not installed"
            : File.Exists(Busybox) ? null
            : "busybox-static is not installed";
    }

    private Task<ProgramResult> TryDockerAsync(params string[] arguments) =>
        RunningProgram.RunAsync("docker", ["-H", $"unix://{Socket}", .. arguments], Cancellation, directory: _directory.Path, environment: new Dictionary<string, string> { ["DOCKER_CONFIG"] = _directory.Path });

    private async Task ImportAsync()
    {
        var file = _directory.File("box.tar");
        await using (var tar = new TarWriter(File.Create(file)))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "tmp/"), Cancellation);
            await tar.WriteEntryAsync(Busybox, "bin/busybox", Cancellation);
            // Health checks are run by a shell.
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/sh") { LinkName = "busybox" }, Cancellation);
        }
        await DockerAsync("import", file, Image);
    }

    private async Task RemoveAllAsync()
    {
        if (await DockerAsync("ps", "--all", "--quiet") is { Length: > 0 } ids)
            await DockerAsync(["rm", "--force", .. ids.Split('\n')]);
        await DockerAsync("network", "prune", "--force");
    }

    // What it leaves mounted keeps its directory.
    private async Task UnmountAsync()
    {
        var mounts = (await File.ReadAllLinesAsync("/proc/self/mountinfo")).Select(line => line.Split(' ')[4]).Where(path => path.StartsWith(_directory.Path, StringComparison.Ordinal));
        foreach (var path in mounts.Reverse().ToList())
            await RunningProgram.RunAsync("umount", [path], CancellationToken.None);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
