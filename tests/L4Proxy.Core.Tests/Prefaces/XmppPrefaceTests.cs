using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class XmppPrefaceTests
{
    private static readonly XmppPreface s_xmpp = new();

    [Theory]
    // openssl s_client -starttls xmpp
    [InlineData("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' to='example.com' version='1.0'>", 15)]
    // RFC 6120 section 9.1.1
    [InlineData("<?xml version='1.0'?>\n<stream:stream\n from='juliet@im.example.com'", 37)]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?><stream:stream to='a'>", 53)]
    public void A_stream_header_is_recognised(string text, int length) => PrefixAssert.FoundAt(length, s_xmpp, Encoding.ASCII.GetBytes(text));

    [Theory]
    [InlineData("<stream:streams")]
    [InlineData("<stream:features>")]
    [InlineData("<html>")]
    [InlineData("<?php ")]
    [InlineData("<?xml version='1.0'?><policy-file-request/>")]
    [InlineData("<?xml version='1.0'?>x")]
    [InlineData(" <stream:stream")]
    public void Anything_else_is_not_it(string text) => PrefixAssert.NotMine(s_xmpp, Encoding.ASCII.GetBytes(text));

    [Fact]
    public void Neither_a_declaration_nor_blanks_are_waited_for_without_end()
    {
        PrefixAssert.NotMine(s_xmpp, Encoding.ASCII.GetBytes($"<?xml {new string('x', 250)}"));
        PrefixAssert.NotMine(s_xmpp, Encoding.ASCII.GetBytes($"<?xml ?>{new string(' ', 257)}"));
        Assert.Equal(PrefaceStatus.NeedMore, s_xmpp.Recognise(Encoding.ASCII.GetBytes($"<?xml {new string('x', 249)}")));
    }
}
