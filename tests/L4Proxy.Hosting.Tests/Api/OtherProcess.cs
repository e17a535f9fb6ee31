using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using L4Proxy.Hosting.Tests.Hosts;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>Another process of this machine that listens on a port.</summary>
internal sealed class OtherProcess : IDisposable
{
    private const string Listen = """
        import socket, sys
        udp = sys.argv[1] == "udp"
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
        s.bind(("127.0.0.1", 0))
        if not udp: s.listen()
        print(s.getsockname()[1], flush=True)
        sys.stdin.read()
        """;

    private readonly Process _process;

    private OtherProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public int Id => _process.Id;

    public static async Task<OtherProcess> StartAsync(string protocol)
    {
        try
        {
            var process = Process.Start(new ProcessStartInfo("python3", ["-c", Listen, protocol]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
            var port = await process.StandardOutput.ReadLineAsync().InTime();
            return new OtherProcess(process, int.Parse(port!, CultureInfo.InvariantCulture));
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no python3 to be another process.");
            throw;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
