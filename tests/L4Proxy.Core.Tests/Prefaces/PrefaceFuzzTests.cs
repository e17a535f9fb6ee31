using System.Text;

namespace L4Proxy.Core.Tests.Prefaces;

public class PrefaceFuzzTests
{
    private const int Rounds = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_prefaces_are_survived(int seed)
    {
        var random = new Random(seed);
        byte[][] corpus =
        [
            .. CapturedHello.All.Select(hello => hello.Bytes()),
            CapturedHello.InRecords(CapturedHello.Named("curl").Message(), 7),
            CapturedHello.InRecords(new HelloBuilder().WithServerName("a.example.com").WithAlpn("h2", "x").Message(), 3),
            new HelloBuilder().WithServerName("a.example.com").WithAlpn("h2", "x").WithVersions(0x0304).Bytes(),
            Encoding.ASCII.GetBytes("POST /index.html HTTP/1.1\r\nHost: a\r\n\r\n"),
            Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2\r\n"),
        ];
        for (var round = 0; round < Rounds; round++)
            PrefaceFuzz.Run(Mutation.Of(corpus[random.Next(corpus.Length)], random));
    }
}
