using L4Proxy.Prefaces;

namespace L4Proxy.StartTls;

/// <summary>IMAP's STARTTLS (RFC 9051 section 6.2.1; answers with the command's tag, section 2.2).</summary>
internal sealed class ImapStartTls : LineStartTls
{
    private const string Capability = "CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED";

    private ImapStartTls()
        : base(PrefaceParsers.Imap)
    {
    }

    public static ImapStartTls Instance { get; } = new();

    public override ReadOnlyMemory<byte> Welcome { get; } = Line($"* OK [{Capability}] Ready");

    public override IReadOnlyList<ReadOnlyMemory<byte>> Requests { get; } = [Line("a STARTTLS")];

    protected override bool AsksForTls(string line) => Is(Split(line).Command, "STARTTLS");

    protected override string Answer(string line, bool agreed)
    {
        var (tag, command) = Split(line);
        return Is(command, "STARTTLS") ? $"{tag} {(agreed ? "OK Begin TLS negotiation now" : "NO TLS not available")}"
            : Is(command, "CAPABILITY") ? $"* {Capability}\r\n{tag} OK Done"
            : Is(command, "NOOP") ? $"{tag} OK Done"
            : Is(command, "LOGOUT") ? $"* BYE\r\n{tag} OK Done"
            : $"{tag} BAD STARTTLS comes first";
    }

    protected override StartTlsReply ReadLine(string line, bool isGreeting)
    {
        var (tag, rest) = Split(line);
        if (tag == "*" && !isGreeting && !Is(rest, "BYE"))
            return StartTlsReply.NeedMore;
        return tag == (isGreeting ? "*" : "a") && Is(rest, "OK") ? StartTlsReply.Yes : StartTlsReply.No;
    }

    private static (string Tag, string Command) Split(string line) => line.Split(' ', 2) is [var tag, var command] ? (tag, command) : ("*", "");
}
