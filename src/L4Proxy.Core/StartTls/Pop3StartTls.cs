using L4Proxy.Prefaces;

namespace L4Proxy.StartTls;

/// <summary>POP3's STLS (RFC 2595 section 4; CAPA by RFC 2449 section 5).</summary>
internal sealed class Pop3StartTls : LineStartTls
{
    private Pop3StartTls()
        : base(PrefaceParsers.Pop3)
    {
    }

    public static Pop3StartTls Instance { get; } = new();

    public override ReadOnlyMemory<byte> Welcome { get; } = Line("+OK Ready");

    public override IReadOnlyList<ReadOnlyMemory<byte>> Requests { get; } = [Line("STLS")];

    protected override bool AsksForTls(string line) => Is(line, "STLS");

    protected override string Answer(string line, bool agreed) =>
        Is(line, "STLS") ? agreed ? "+OK Begin TLS negotiation" : "-ERR TLS not available"
        : Is(line, "CAPA") ? "+OK\r\nSTLS\r\n."
        : Is(line, "QUIT") ? "+OK"
        : "-ERR STLS comes first";

    protected override StartTlsReply ReadLine(string line, bool isGreeting) => Is(line, "+OK") ? StartTlsReply.Yes : StartTlsReply.No;
}
