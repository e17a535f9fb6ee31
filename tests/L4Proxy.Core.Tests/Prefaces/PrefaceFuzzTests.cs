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
            PrefaceFuzz.Run(Mutate(corpus[random.Next(corpus.Length)], random));
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var i = random.Next(1, 6); i > 0 && bytes.Count > 0; i--)
        {
            // Half of the changes hit the headers and lengths at the front.
            var at = random.Next(random.Next(2) == 0 ? Math.Min(16, bytes.Count) : bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes[at] = (byte)(random.Next(2) * 255);
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(Math.Min(9, bytes.Count - at + 1)));
                    break;
                case 4:
                    bytes.InsertRange(at, original.AsSpan(random.Next(original.Length)).ToArray().Take(random.Next(9)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }
}
