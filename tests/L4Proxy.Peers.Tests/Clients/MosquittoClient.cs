using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Clients;

/// <summary>The <c>mosquitto_pub</c> and <c>mosquitto_sub</c> programs, going to a broker by way of a port.</summary>
/// <param name="broker">The broker, whose log is watched.</param>
/// <param name="port">The port they go to.</param>
/// <param name="trusted">Path of the authority that they trust; without one they speak no TLS.</param>
/// <param name="certificate">The certificate that they show.</param>
internal sealed class MosquittoClient(MosquittoPeer broker, int port, string? trusted = null, ServerCertificate? certificate = null)
{
    /// <summary>Subscribes and returns once the broker has confirmed it. Ends by itself after <paramref name="count"/> messages.</summary>
    public async Task<RunningProgram> SubscribeAsync(string id, string topic, int qos, int count, CancellationToken cancellation,
        int keepAliveSeconds = 60)
    {
        var subscriber = RunningProgram.Start("mosquitto_sub",
            [.. Common(), "-i", id, "-t", topic, "-q", $"{qos}", "-C", $"{count}", "-k", $"{keepAliveSeconds}"]);
        await broker.Log.WaitForAsync($"Sending SUBACK to {id}", RunningProgram.UsualDeadline, cancellation);
        return subscriber;
    }

    /// <summary>Publishes <paramref name="payload"/> (from its standard input, as it may be long) and ends.</summary>
    public async Task PublishAsync(string topic, string payload, int qos, CancellationToken cancellation, params string[] options) =>
        (await RunningProgram.RunAsync("mosquitto_pub", [.. Common(), "-t", topic, "-q", $"{qos}", "-s", .. options], cancellation,
            input: payload)).Succeeded();

    // The host is the SNI too, so over TLS it is the one name that every machine resolves.
    private IEnumerable<string> Common() =>
        trusted is null
            ? ["-V", "mqttv5", "-h", "127.0.0.1", "-p", $"{port}"]
            : ["-V", "mqttv5", "-h", "localhost", "-p", $"{port}", "--cafile", trusted, .. Shown()];

    private IEnumerable<string> Shown() =>
        certificate is null ? [] : ["--cert", certificate.CertificatePath, "--key", certificate.KeyPath];
}
