using System.Text.Json;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Clients;

/// <summary>The iperf3 client, over UDP.</summary>
internal static class Iperf3Client
{
    /// <summary>Measures for two seconds at 5 Mbit/s, upwards or downwards.</summary>
    /// <returns>How many datagrams were sent, and how many of them did not arrive or not in their order.</returns>
    public static async Task<(int Sent, int Lost)> MeasureAsync(int port, bool downwards, CancellationToken cancellation)
    {
        string[] arguments = ["--client", "127.0.0.1", "--port", $"{port}", "--udp", "--bitrate", "5M", "--time", "2", "--length", "1200", "--json"];
        var result = await RunningProgram.RunAsync("iperf3", downwards ? [.. arguments, "--reverse"] : arguments, cancellation);
        using var report = JsonDocument.Parse(result.Succeeded());
        var sum = report.RootElement.GetProperty("end").GetProperty("sum");
        return (sum.GetProperty("packets").GetInt32(), sum.GetProperty("lost_packets").GetInt32());
    }
}
