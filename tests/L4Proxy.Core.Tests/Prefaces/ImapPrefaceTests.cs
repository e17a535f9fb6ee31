using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class ImapPrefaceTests
{
    private static readonly ImapPreface s_imap = new();

    [Theory]
    [InlineData(16, "A001 CAPABILITY\r\n")] // curl 7.88, behind a greeting.
    [InlineData(13, ". CAPABILITY\r\n")] // openssl s_client.
    [InlineData(8, "a login a b\r\n")]
    [InlineData(5, "a ID NIL\r\n")]
    public void A_command_is_known_by_its_tag_and_name(int at, string text) => PrefixAssert.FoundAt(at, s_imap, Encoding.ASCII.GetBytes(text));

    [Theory]
    [InlineData(" CAPABILITY\r\n")]
    [InlineData("EHLO a\r\n")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("a IDLE\r\n")]
    [InlineData("a SELECT b\r\n")] // Not before a log-in.
    [InlineData("01234567890123456")] // No tag is so long.
    [InlineData("* OK ready\r\n")] // A server.
    public void Anything_else_is_not_it(string text) => PrefixAssert.NotMine(s_imap, Encoding.ASCII.GetBytes(text));
}
