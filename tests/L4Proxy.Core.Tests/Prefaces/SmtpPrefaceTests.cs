using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class SmtpPrefaceTests
{
    private static readonly SmtpPreface s_smtp = new();

    [Theory]
    [InlineData("EHLO hostname\r\n")] // curl 7.88, behind a greeting.
    [InlineData("HELO a\r\n")]
    [InlineData("ehlo a\r\n")]
    public void A_client_that_does_not_wait_is_recognised(string text) => PrefixAssert.FoundAt(5, s_smtp, Encoding.ASCII.GetBytes(text));

    [Theory]
    [InlineData("EHLO\r\n")]
    [InlineData("LHLO a\r\n")] // LMTP
    [InlineData("HELLO 3\r\n")] // Redis
    [InlineData("MAIL FROM:<a@b>\r\n")]
    [InlineData("220 a ESMTP\r\n")] // A server.
    public void Anything_else_is_not_it(string text) => PrefixAssert.NotMine(s_smtp, Encoding.ASCII.GetBytes(text));
}
