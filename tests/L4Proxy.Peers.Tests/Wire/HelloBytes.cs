using System.Net.Security;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>The hello that .NET's TLS would send.</summary>
internal static class HelloBytes
{
    /// <summary>One for a name, or for none, with protocols offered.</summary>
    public static async Task<byte[]> OfAsync(string name, params string[] alpn)
    {
        using var recorded = new FirstWrite();
        await using var tls = new SslStream(recorded, leaveInnerStreamOpen: true);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ApplicationProtocols = alpn.Length == 0 ? null : [.. alpn.Select(protocol => new SslApplicationProtocol(protocol))],
            });
        }
        catch (IOException)
        {
            // Nobody answers.
        }
        return recorded.ToArray();
    }

    /// <summary>Takes everything, and has nothing to say.</summary>
    private sealed class FirstWrite : MemoryStream
    {
        public override int Read(Span<byte> buffer) => 0;

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(0);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
