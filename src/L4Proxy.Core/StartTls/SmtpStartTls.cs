using L4Proxy.Prefaces;

namespace L4Proxy.StartTls;

/// <summary>SMTP's STARTTLS (RFC 3207; replies by RFC 5321 section 4.2).</summary>
internal sealed class SmtpStartTls : LineStartTls
{
    private SmtpStartTls()
        : base(PrefaceParsers.Smtp)
    {
    }

    public static SmtpStartTls Instance { get; } = new();

    public override ReadOnlyMemory<byte> Welcome { get; } = Line("220 localhost ESMTP");

    public override IReadOnlyList<ReadOnlyMemory<byte>> Requests { get; } = [Line("EHLO localhost"), Line("STARTTLS")];

    protected override bool AsksForTls(string line) => Is(line, "STARTTLS");

    // RFC 3207 section 4: whatever else there is, TLS comes first.
    protected override string Answer(string line, bool agreed) =>
        Is(line, "STARTTLS") ? agreed ? "220 Ready to start TLS" : "454 TLS not available"
        : Is(line, "EHLO") ? "250-localhost\r\n250 STARTTLS"
        : Is(line, "HELO") || Is(line, "NOOP") || Is(line, "RSET") ? "250 OK"
        : Is(line, "QUIT") ? "221 Bye"
        : "530 Must issue a STARTTLS command first";

    protected override StartTlsReply ReadLine(string line, bool isGreeting) =>
        line is ['2', ..] ? line is [_, _, _, '-', ..] ? StartTlsReply.NeedMore : StartTlsReply.Yes : StartTlsReply.No;
}
