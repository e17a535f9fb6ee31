using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class DtlsPrefaceTests
{
    private static readonly DtlsPreface s_dtls = new();

    private static byte[] Hello => PrefaceCorpus.Named("dtls", isDatagram: true).First();

    [Fact]
    public void A_hello_is_recognised_once_its_record_is_whole()
    {
        for (var length = 0; length < Hello.Length; length++)
            Assert.Equal(PrefaceStatus.NotMine, s_dtls.RecogniseDatagram(Hello.AsSpan(0, length)));
        Assert.Equal(PrefaceStatus.Found, s_dtls.RecogniseDatagram(Hello));
        Assert.Equal(PrefaceStatus.Found, s_dtls.RecogniseDatagram([.. Hello, 0]));
        Assert.Equal(PrefaceStatus.Found, s_dtls.RecogniseDatagram(With(2, 0xfd)));
        Assert.Equal(PrefaceStatus.Found, s_dtls.RecogniseDatagram(With(18, 1))); // With the server's cookie.
    }

    [Theory]
    [InlineData(0, 23)] // Data.
    [InlineData(1, 3)] // TLS
    [InlineData(2, 0xfe)]
    [InlineData(4, 1)] // Another epoch.
    [InlineData(13, 2)] // ServerHello
    [InlineData(18, 2)]
    [InlineData(21, 1)] // Not its first part.
    public void Anything_else_is_not_it(int at, int value) => Assert.Equal(PrefaceStatus.NotMine, s_dtls.RecogniseDatagram(With(at, value)));

    private static byte[] With(int at, int value)
    {
        var bytes = Hello.ToArray();
        bytes[at] = (byte)value;
        return bytes;
    }
}
