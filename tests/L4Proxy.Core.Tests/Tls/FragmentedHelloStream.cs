using System.Net.Sockets;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>Below an SslStream: what it says first, its hello, goes out in several records, as RFC 8446 section 5.1 allows.</summary>
/// <param name="socket">The connection.</param>
/// <param name="records">The lengths of the records; the last one holds for all that follow.</param>
/// <param name="byteByByte">Whether each byte is sent by itself.</param>
internal sealed class FragmentedHelloStream(Socket socket, int[] records, bool byteByByte = false) : NetworkStream(socket)
{
    private const int RecordHeaderLength = 5;

    private bool _said;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = _said ? buffer : Fragment(buffer.Span[RecordHeaderLength..], records);
        var step = byteByByte && !_said ? 1 : bytes.Length;
        _said = true;
        for (; !bytes.IsEmpty; bytes = bytes[step..])
            await base.WriteAsync(bytes[..step], cancellationToken);
    }

    private static byte[] Fragment(ReadOnlySpan<byte> message, int[] records)
    {
        var bytes = new List<byte>();
        for (var i = 0; !message.IsEmpty; i++)
        {
            var fragment = message[..Math.Min(records[Math.Min(i, records.Length - 1)], message.Length)];
            bytes.AddRange([22, 3, 1, (byte)(fragment.Length >> 8), (byte)fragment.Length, .. fragment]);
            message = message[fragment.Length..];
        }
        return [.. bytes];
    }
}
