using L4Proxy.Core.Tests.Prefaces;

namespace L4Proxy.Core.Tests.ProxyProtocol;

public class ProxyHeaderFuzzTests
{
    // 100 000 in all; with L4PROXY_SOAK=1 a hundred times as many.
    private static readonly int Rounds = Environment.GetEnvironmentVariable("L4PROXY_SOAK") == "1" ? 2_500_000 : 25_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Mutated_headers_are_survived(int seed)
    {
        var random = new Random(seed);
        byte[][] corpus =
        [
            .. SampleHeader.All.Where(sample => sample.Bytes.Length < 1000).Select(sample => sample.Bytes),
            SampleHeader.Checked(SampleHeader.Tlv(4, new byte[20])),
            [.. SampleHeader.Named("haproxy v1 4").Bytes, .. CapturedHello.Named("curl").Bytes()],
        ];
        for (var round = 0; round < Rounds; round++)
            ProxyHeaderFuzz.Run(Mutation.Of(corpus[random.Next(corpus.Length)], random));
    }
}
