using L4Proxy.Prefaces;

namespace L4Proxy.StartTls;

/// <summary>LDAP's extended operation StartTLS (RFC 4511 sections 4.12 and 4.14).</summary>
/// <remarks>
/// <code>
/// 30 1d 02 01 01  77 18 80 16 1.3.6.1.4.1.1466.20037    the request, message 1
/// 30 0c 02 01 01  78 07 0a 01 00 04 00 04 00            the response: success, no DN, no text; perhaps the name again
/// </code>
/// </remarks>
internal sealed class LdapStartTls : StartTlsProtocol
{
    private const byte ExtendedRequest = 0x77;
    private const byte ExtendedResponse = 0x78;
    private const byte RequestName = 0x80;
    private const byte Enumerated = 0x0a;
    private const byte Success = 0;
    private const byte ProtocolError = 2;

    // Longer than any request for TLS, whatever lengths it is written with and controls it has.
    private const int LongestRequest = 256;

    private LdapStartTls()
        : base(PrefaceParsers.Ldap)
    {
    }

    public static LdapStartTls Instance { get; } = new();

    public override IReadOnlyList<ReadOnlyMemory<byte>> Requests { get; } = [(byte[])[0x30, 0x1d, 2, 1, 1, ExtendedRequest, 0x18, RequestName, 0x16, .. Oid]];

    private static ReadOnlySpan<byte> Oid => "1.3.6.1.4.1.1466.20037"u8;

    public override StartTlsAsk Read(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        var status = LdapMessage.Read(bytes, out var message);
        if (status != PrefaceStatus.Found)
            return status == PrefaceStatus.NeedMore ? StartTlsAsk.NeedMore : StartTlsAsk.Nothing;
        if (message.Operation != ExtendedRequest || message.Length > LongestRequest)
            return StartTlsAsk.Nothing;
        length = (int)message.Length;
        if (bytes.Length < length)
            return StartTlsAsk.NeedMore;
        return TryOpen(bytes[(message.Start + 1)..length], out var request)
            && request is [RequestName, ..] && TryOpen(request[1..], out var name) && name.SequenceEqual(Oid)
            ? StartTlsAsk.Tls
            : StartTlsAsk.Nothing;
    }

    public override ReadOnlyMemory<byte> Answer(ReadOnlySpan<byte> request, bool agreed)
    {
        LdapMessage.Read(request, out var message);
        // Its four bytes are those of any id.
        return (byte[])
        [
            0x30, 0x0f, 2, 4, (byte)(message.Id >> 24), (byte)(message.Id >> 16), (byte)(message.Id >> 8), (byte)message.Id,
            ExtendedResponse, 7, Enumerated, 1, agreed ? Success : ProtocolError, 4, 0, 4, 0,
        ];
    }

    public override StartTlsReply ReadReply(ReadOnlySpan<byte> bytes, bool isGreeting, out int length)
    {
        length = 0;
        var status = LdapMessage.Read(bytes, out var message);
        if (status == PrefaceStatus.NeedMore || (status == PrefaceStatus.Found && bytes.Length < message.Length))
            return StartTlsReply.NeedMore;
        if (status == PrefaceStatus.NotMine)
            return StartTlsReply.No;
        length = (int)message.Length;
        return message.Operation == ExtendedResponse && TryOpen(bytes[(message.Start + 1)..length], out var response)
            && response is [Enumerated, 1, Success, ..]
            ? StartTlsReply.Yes
            : StartTlsReply.No;
    }

    /// <summary>What a length says is inside.</summary>
    private static bool TryOpen(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> inside)
    {
        inside = default;
        if (LdapMessage.ReadLength(bytes, out var header, out var length) != PrefaceStatus.Found || length > bytes.Length - header)
            return false;
        inside = bytes.Slice(header, (int)length);
        return true;
    }
}
