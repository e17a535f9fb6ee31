using L4Proxy.Prefaces;

namespace L4Proxy.StartTls;

/// <summary>PostgreSQL's SSLRequest and GSSENCRequest, each answered by one byte (PostgreSQL documentation, "SSL Session Encryption").</summary>
/// <remarks>
/// <code>
/// 00 00 00 08 04 d2 16 30   N          no encryption by GSSAPI: the client asks for TLS, or goes on in plaintext
/// 00 00 00 08 04 d2 16 2f   S          TLS follows
///                           N          no TLS: the client goes on in plaintext, or gives up
///                           E ...      an error of a server before 7.0, never shown to anybody: it was not authenticated
/// </code>
/// </remarks>
internal sealed class PostgresStartTls : StartTlsProtocol
{
    /// <summary>Of the length of a message that has no type.</summary>
    public const byte FirstByte = 0;

    private static readonly byte[] s_yes = [(byte)'S'];
    private static readonly byte[] s_no = [(byte)'N'];

    private PostgresStartTls()
        : base(PrefaceParsers.Postgres)
    {
    }

    public static PostgresStartTls Instance { get; } = new();

    public override IReadOnlyList<ReadOnlyMemory<byte>> Requests { get; } = [PostgresPreface.SslRequestMessage.ToArray()];

    public override string DirectAlpn => "postgresql";

    public override StartTlsAsk Read(ReadOnlySpan<byte> bytes, out int length)
    {
        length = PostgresPreface.SslRequestMessage.Length;
        var start = bytes[..Math.Min(bytes.Length, length)];
        if (start.Length < length)
        {
            // They differ in the last byte.
            return PostgresPreface.SslRequestMessage.StartsWith(start) ? StartTlsAsk.NeedMore : StartTlsAsk.Nothing;
        }
        return start.SequenceEqual(PostgresPreface.SslRequestMessage) ? StartTlsAsk.Tls
            : start.SequenceEqual(PostgresPreface.GssEncRequestMessage) ? StartTlsAsk.Other
            : StartTlsAsk.Nothing;
    }

    public override ReadOnlyMemory<byte> Answer(ReadOnlySpan<byte> request, bool agreed) => agreed ? s_yes : s_no;

    public override StartTlsReply ReadReply(ReadOnlySpan<byte> bytes, bool isGreeting, out int length)
    {
        length = 1;
        return bytes is [] ? StartTlsReply.NeedMore : bytes[0] == s_yes[0] ? StartTlsReply.Yes : StartTlsReply.No;
    }
}
