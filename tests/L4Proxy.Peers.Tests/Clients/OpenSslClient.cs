using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Clients;

/// <summary>The <c>openssl s_client</c> program.</summary>
internal static class OpenSslClient
{
    /// <summary>Shakes hands, says nothing, and ends.</summary>
    public static Task<ProgramResult> RunAsync(int port, CancellationToken cancellation, params string[] options) =>
        RunningProgram.RunAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", .. options], cancellation);

    /// <summary>Leaves it running, with its input and output connected to the server.</summary>
    public static RunningProgram Start(int port, params string[] options) =>
        RunningProgram.Start("openssl", ["s_client", "-quiet", "-connect", $"127.0.0.1:{port}", .. options]);

    /// <summary>Leaves it running with files as its input or output, as in <c>&gt; /dev/null</c>: what goes through is no text.</summary>
    public static RunningProgram StartWith(string redirection, int port, params string[] options)
    {
        Installed.Require("openssl");
        return RunningProgram.Start("sh",
            ["-c", $"exec openssl s_client -quiet -nocommands -connect 127.0.0.1:{port} {string.Join(' ', options)} {redirection}"]);
    }

    /// <summary>Says a line, waits until it comes back, closes in order, and ends.</summary>
    public static async Task<ProgramResult> EchoAsync(int port, string line, CancellationToken cancellation, params string[] options)
    {
        await using var client = Start(port, ["-no_ign_eof", .. options]);
        await SayAsync(client, line);
        await client.Output.WaitForAsync(line, RunningProgram.UsualDeadline, cancellation);
        client.Input.Close();
        return await client.WaitForExitAsync(RunningProgram.UsualDeadline, cancellation);
    }

    /// <summary>Says a line to a server that will not have it, and waits until that shows.</summary>
    public static async Task<ProgramResult> RefusedAsync(int port, CancellationToken cancellation, params string[] options)
    {
        await using var client = Start(port, options);
        await SayAsync(client, "let me in");
        var result = await client.WaitForExitAsync(RunningProgram.UsualDeadline, cancellation);
        Assert.True(result.ExitCode != 0, $"{result}");
        return result;
    }

    /// <summary>Says a line, if there is still someone to take it.</summary>
    public static async Task SayAsync(RunningProgram client, string line)
    {
        try
        {
            await client.Input.WriteLineAsync(line);
            await client.Input.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended, and its result says why.
        }
    }

    /// <summary>Shakes hands with <paramref name="name"/> as SNI; answers the SHA-256 of the certificate it was shown.</summary>
    public static Task<string> CertificateSha256Async(string name, int port, CancellationToken cancellation, params string[] options) =>
        CertificateSha256Async(port, cancellation, ["-servername", name, .. options]);

    /// <summary>Shakes hands; answers the SHA-256 of the certificate it was shown.</summary>
    public static async Task<string> CertificateSha256Async(int port, CancellationToken cancellation, params string[] options)
    {
        var result = await RunAsync(port, cancellation, options);
        Assert.True(result.Output.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal), $"{result}");
        using var certificate = X509Certificate2.CreateFromPem(result.Output);
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }
}
