using L4Proxy.Prefaces;

namespace L4Proxy.StartTls;

/// <summary>
/// A protocol in which a connection begins in plaintext and goes on in TLS once both sides have agreed. Pure: it reads what is there, and never
/// throws whatever that is. Why both sides are answered here: docs/decisions/0010-starttls.md.
/// </summary>
/// <param name="protocol">The protocol, as routes know it.</param>
internal abstract class StartTlsProtocol(ProtocolSet protocol)
{
    private static readonly StartTlsProtocol[] s_greeting = [SmtpStartTls.Instance, ImapStartTls.Instance, Pop3StartTls.Instance];

    /// <summary>As routes know it.</summary>
    public ProtocolSet Protocol => protocol;

    /// <summary>Whether a server speaks first.</summary>
    public bool Greets => !Welcome.IsEmpty;

    /// <summary>What a server says before its client does; empty where the client speaks first.</summary>
    public virtual ReadOnlyMemory<byte> Welcome => default;

    /// <summary>How many requests other than for TLS are answered before that.</summary>
    public virtual int MostOther => 1;

    /// <summary>What is said to a server, each after its answer to the one before; the last asks for TLS.</summary>
    public abstract IReadOnlyList<ReadOnlyMemory<byte>> Requests { get; }

    /// <summary>The ALPN name of a server that speaks TLS at once; null where the protocol has none.</summary>
    public virtual string? DirectAlpn => null;

    /// <summary>The protocol that a client's first byte may be the beginning of; null for all others, TLS first of them.</summary>
    public static StartTlsProtocol? BeginningWith(byte first) => first switch
    {
        PostgresStartTls.FirstByte => PostgresStartTls.Instance,
        LdapMessage.FirstByte => LdapStartTls.Instance,
        _ => null,
    };

    /// <summary>The protocol of this name whose server speaks first; null for all others.</summary>
    public static StartTlsProtocol? OfGreeting(string name) => Array.Find(s_greeting, one => one.Protocol.ToString() == name);

    /// <summary>What a client has said.</summary>
    /// <param name="bytes">What has come and is not answered yet.</param>
    /// <param name="length">How much of it a request is; what follows it came too early.</param>
    public abstract StartTlsAsk Read(ReadOnlySpan<byte> bytes, out int length);

    /// <summary>The answer to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="agreed">Whether TLS follows.</param>
    public abstract ReadOnlyMemory<byte> Answer(ReadOnlySpan<byte> request, bool agreed);

    /// <summary>What a server has answered, or how it greets.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="isGreeting">Whether nothing was said to it.</param>
    /// <param name="length">How much of it the answer is; what follows it came too early.</param>
    public abstract StartTlsReply ReadReply(ReadOnlySpan<byte> bytes, bool isGreeting, out int length);
}
