using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class Pop3PrefaceTests
{
    private static readonly Pop3Preface s_pop3 = new();

    [Theory]
    [InlineData("CAPA\r\n")] // curl 7.88, behind a greeting.
    [InlineData("STLS\r\n")] // openssl s_client.
    [InlineData("user alice\r\n")]
    [InlineData("APOP alice c4c9334bac560ecc979e58001b3e22fb\r\n")]
    public void A_client_that_does_not_wait_is_recognised(string text) => PrefixAssert.FoundAt(5, s_pop3, Encoding.ASCII.GetBytes(text));

    [Theory]
    [InlineData("AUTH secret\r\n")] // Redis has it, too.
    [InlineData("CAPABILITY\r\n")]
    [InlineData("USERS\r\n")]
    [InlineData("+OK ready\r\n")] // A server.
    public void Anything_else_is_not_it(string text) => PrefixAssert.NotMine(s_pop3, Encoding.ASCII.GetBytes(text));
}
