using CsCheck;
using L4Proxy.Core.Tests.Prefaces;

namespace L4Proxy.Core.Tests.ProxyProtocol;

public class ProxyHeaderFuzzTests
{
    // With L4PROXY_SOAK=1 a hundred times as many.
    private static readonly int s_rounds = Environment.GetEnvironmentVariable("L4PROXY_SOAK") == "1" ? 10_000_000 : 100_000;

    [Fact]
    public void Mutated_headers_are_survived() =>
        Mutation.Of(
        [
            .. SampleHeader.All.Where(sample => sample.Bytes.Length < 1000).Select(sample => sample.Bytes),
            SampleHeader.Checked(SampleHeader.Tlv(4, new byte[20])),
            [.. SampleHeader.Named("haproxy v1 4").Bytes, .. CapturedHello.Named("curl").Bytes()],
        ]).Sample(bytes => ProxyHeaderFuzz.Run(bytes), iter: s_rounds, print: Convert.ToHexString);
}
