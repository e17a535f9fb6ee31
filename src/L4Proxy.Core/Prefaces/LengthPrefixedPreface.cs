using System.Buffers.Binary;

namespace L4Proxy.Prefaces;

/// <summary>A protocol of datagrams that is spoken over TCP, too: there each message has its length before it, in two bytes.</summary>
/// <param name="name">Its name in <c>Match:Protocols</c>.</param>
/// <param name="longest">The longest message that a stream may begin with.</param>
internal abstract class LengthPrefixedPreface(string name, int longest) : PrefaceParser(name)
{
    protected const int PrefixLength = 2;

    public sealed override bool IsOfDatagrams => true;

    public sealed override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PrefixLength)
            return bytes.IsEmpty || bytes[0] <= longest >> 8 ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var message = bytes[PrefixLength..];
        return length > longest ? PrefaceStatus.NotMine : Inspect(message[..Math.Min(message.Length, length)], length);
    }

    public sealed override PrefaceStatus RecogniseDatagram(ReadOnlySpan<byte> datagram) => Inspect(datagram, datagram.Length);

    /// <summary>Whether a message is of it.</summary>
    /// <param name="message">What is there.</param>
    /// <param name="length">How long it will be.</param>
    protected abstract PrefaceStatus Inspect(ReadOnlySpan<byte> message, int length);
}
