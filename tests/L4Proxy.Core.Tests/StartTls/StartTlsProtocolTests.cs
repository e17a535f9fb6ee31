using System.Text;
using L4Proxy.StartTls;

namespace L4Proxy.Core.Tests.StartTls;

/// <summary>What each protocol reads of a client and of a server, at every length of it.</summary>
public class StartTlsProtocolTests
{
    private const string Oid = "1.3.6.1.4.1.1466.20037";

    // BER of printable characters reads best as it is.
    private static readonly string s_ldapRequest = "0\u001d\u0002\u0001\u0001w\u0018\u0080\u0016" + Oid;

    public static TheoryData<string, string, string> Asks => new()
    {
        { "postgres", "\0\0\0\b\u0004\u00d2\u0016\u002f", "Tls" },
        { "postgres", "\0\0\0\b\u0004\u00d2\u0016\u0030", "Other" },
        { "ldap", s_ldapRequest, "Tls" },
        // Lengths as Microsoft's clients write them.
        { "ldap", "0\u0084\0\0\0\u0021\u0002\u0001\u0007w\u0084\0\0\0\u0018\u0080\u0016" + Oid, "Tls" },
        { "smtp", "STARTTLS\r\n", "Tls" },
        { "smtp", "starttls\n", "Tls" },
        { "smtp", "EHLO a\r\n", "Other" },
        { "smtp", "STARTTLSX\r\n", "Other" },
        { "imap", "a STARTTLS\r\n", "Tls" },
        { "imap", "a CAPABILITY\r\n", "Other" },
        { "imap", "STARTTLS\r\n", "Other" },
        { "pop3", "STLS\r\n", "Tls" },
        { "pop3", "CAPA\r\n", "Other" },
    };

    [Theory]
    [MemberData(nameof(Asks))]
    public void A_request_is_one_when_it_is_whole(string protocol, string text, string ask)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(StartTlsAsk.NeedMore, Of(protocol).Read(bytes.AsSpan(0, length), out _));
        Assert.Equal(Enum.Parse<StartTlsAsk>(ask), Of(protocol).Read(bytes, out var whole));
        Assert.Equal(bytes.Length, whole);
        // What follows is not its.
        Of(protocol).Read([.. bytes, .. bytes], out whole);
        Assert.Equal(bytes.Length, whole);
    }

    [Theory]
    [InlineData("postgres", "\0\0\0\b\u0004\u00d2\u0016\u002e")]
    [InlineData("postgres", "\0\0\0\u0009")]
    [InlineData("postgres", "\u0016")]
    [InlineData("ldap", "0\u000c\u0002\u0001\u0001`\u0007\u0002\u0001\u0003\u0004\0\u0080\0")] // Bind.
    [InlineData("ldap", "0\u001d\u0002\u0001\u0001w\u0018\u0080\u00161.3.6.1.4.1.1466.20038")]
    [InlineData("ldap", "0\u001d\u0002\u0001\u0001w\u0018\u0080\u00171.3.6.1.4.1.1466.20037")] // The name does not fit.
    [InlineData("ldap", "0\u0005\u0002\u0001\u0001w\0")]
    [InlineData("ldap", "0\u0084\u007f\u00ff\u00ff\u00ff\u0002\u0001\u0001w")] // Longer than any request.
    public void Anything_else_is_none_and_not_waited_for(string protocol, string text) =>
        Assert.Equal(StartTlsAsk.Nothing, Of(protocol).Read(Encoding.Latin1.GetBytes(text), out _));

    [Fact]
    public void A_line_that_does_not_end_is_none()
    {
        Assert.Equal(StartTlsAsk.NeedMore, Of("smtp").Read(new byte[511], out _));
        Assert.Equal(StartTlsAsk.Nothing, Of("smtp").Read(new byte[512], out _));
        Assert.Equal(StartTlsAsk.Nothing, Of("smtp").Read([.. new byte[512], 10], out _));
    }

    [Theory]
    [InlineData("postgres", "\0\0\0\b\u0004\u00d2\u0016\u002f", true, "S")]
    [InlineData("postgres", "\0\0\0\b\u0004\u00d2\u0016\u002f", false, "N")]
    [InlineData("smtp", "STARTTLS\r\n", true, "220 Ready to start TLS\r\n")]
    [InlineData("smtp", "EHLO a\r\n", false, "250-localhost\r\n250 STARTTLS\r\n")]
    [InlineData("smtp", "MAIL FROM:<a@b>\r\n", false, "530 Must issue a STARTTLS command first\r\n")]
    [InlineData("imap", "x1 starttls\r\n", true, "x1 OK Begin TLS negotiation now\r\n")]
    [InlineData("imap", "x1 CAPABILITY\r\n", false, "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\nx1 OK Done\r\n")]
    [InlineData("imap", "x1 LOGIN a b\r\n", false, "x1 BAD STARTTLS comes first\r\n")]
    [InlineData("imap", "nonsense\r\n", false, "* BAD STARTTLS comes first\r\n")]
    [InlineData("pop3", "STLS\r\n", true, "+OK Begin TLS negotiation\r\n")]
    [InlineData("pop3", "CAPA\r\n", false, "+OK\r\nSTLS\r\n.\r\n")]
    [InlineData("pop3", "USER a\r\n", false, "-ERR STLS comes first\r\n")]
    public void It_is_answered(string protocol, string request, bool agreed, string answer) =>
        Assert.Equal(answer, Encoding.Latin1.GetString(Of(protocol).Answer(Encoding.Latin1.GetBytes(request), agreed).Span));

    [Theory]
    [InlineData(1)]
    [InlineData(0x12345678)]
    public void LDAP_answers_with_the_id_of_the_request_as_a_server_would(int id)
    {
        byte[] request = [0x30, 0x20, 2, 4, (byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id, .. Encoding.Latin1.GetBytes(s_ldapRequest[5..])];

        var answer = Of("ldap").Answer(request, agreed: true).Span;

        Assert.Equal(request[..8].AsSpan(2), answer[2..8]);
        Assert.Equal(StartTlsReply.Yes, Of("ldap").ReadReply(answer, isGreeting: false, out var length));
        Assert.Equal(answer.Length, length);
        Assert.Equal(StartTlsReply.No, Of("ldap").ReadReply(Of("ldap").Answer(request, agreed: false).Span, isGreeting: false, out _));
    }

    public static TheoryData<string, string, bool, string> Replies => new()
    {
        { "postgres", "S", false, "Yes" },
        { "postgres", "N", false, "No" },
        { "ldap", "0\u000c\u0002\u0001\u0001x\u0007\n\u0001\0\u0004\0\u0004\0", false, "Yes" }, // slapd 2.5.
        { "ldap", "0\u000c\u0002\u0001\u0001x\u0007\n\u0001\u0002\u0004\0\u0004\0", false, "No" },
        { "ldap", "0\u000c\u0002\u0001\u0001a\u0007\n\u0001\0\u0004\0\u0004\0", false, "No" },
        { "smtp", "220 a ESMTP\r\n", true, "Yes" },
        { "smtp", "220-a\r\n220-b\r\n220 c\r\n", true, "Yes" },
        { "smtp", "250-a\r\n250-PIPELINING\r\n250 STARTTLS\r\n", false, "Yes" },
        { "smtp", "250\r\n", false, "Yes" },
        { "smtp", "454 no\r\n", false, "No" },
        { "smtp", "554-go\r\n", true, "No" },
        { "imap", "* OK [CAPABILITY IMAP4rev1] a\r\n", true, "Yes" },
        { "imap", "* PREAUTH a\r\n", true, "No" },
        { "imap", "* BYE a\r\n", true, "No" },
        { "imap", "* OK still\r\na OK begin\r\n", false, "Yes" },
        { "imap", "* BYE\r\n", false, "No" },
        { "imap", "a NO\r\n", false, "No" },
        { "imap", "b OK\r\n", false, "No" },
        { "pop3", "+OK a\r\n", true, "Yes" },
        { "pop3", "-ERR\r\n", false, "No" },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_is_one_when_it_is_whole(string protocol, string text, bool isGreeting, string reply)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(StartTlsReply.NeedMore, Of(protocol).ReadReply(bytes.AsSpan(0, length), isGreeting, out _));
        Assert.Equal(Enum.Parse<StartTlsReply>(reply), Of(protocol).ReadReply(bytes, isGreeting, out var whole));
        Assert.Equal(bytes.Length, whole);
        Of(protocol).ReadReply([.. bytes, .. "x\r\n"u8], isGreeting, out whole);
        Assert.Equal(bytes.Length, whole);
    }

    [Fact]
    public void Nothing_that_comes_is_an_exception()
    {
        var random = new Random(1);
        foreach (var protocol in (string[])["postgres", "ldap", "smtp", "imap", "pop3"])
        {
            for (var i = 0; i < 20_000; i++)
            {
                var bytes = new byte[random.Next(40)];
                random.NextBytes(bytes);
                if (bytes.Length > 6 && i % 2 == 0)
                    Encoding.Latin1.GetBytes(s_ldapRequest[..6]).CopyTo(bytes, 0);
                if (Of(protocol).Read(bytes, out var length) is StartTlsAsk.Tls or StartTlsAsk.Other)
                    Assert.InRange(length, 1, bytes.Length);
                Of(protocol).ReadReply(bytes, i % 3 == 0, out _);
            }
        }
    }

    private static StartTlsProtocol Of(string name) => name switch
    {
        "postgres" => PostgresStartTls.Instance,
        "ldap" => LdapStartTls.Instance,
        _ => StartTlsProtocol.OfGreeting(name)!,
    };
}
