using CsCheck;
using L4Proxy.Core.Tests.Prefaces.Quic;

namespace L4Proxy.Core.Tests.Prefaces;

public class PrefaceFuzzTests
{
    [Fact]
    public void Mutated_prefaces_are_survived() =>
        Mutation.Of(
        [
            .. CapturedHello.All.Select(hello => hello.Bytes()),
            CapturedHello.InRecords(CapturedHello.Named("curl").Message(), 7),
            CapturedHello.InRecords(new HelloBuilder().WithServerName("a.example.com").WithAlpn("h2", "x").Message(), 3),
            new HelloBuilder().WithServerName("a.example.com").WithAlpn("h2", "x").WithVersions(0x0304).Bytes(),
            .. PrefaceCorpus.Streams.Where(one => one.Protocol != "tls").Select(one => one.Bytes),
        ]).Sample(bytes => PrefaceFuzz.Run(bytes), iter: 100_000, print: Convert.ToHexString);

    [Fact]
    public void Mutated_datagrams_are_survived() =>
        Mutation.Of(
        [
            .. PrefaceCorpus.All.Select(one => one.Bytes),
            [.. QuicPackets.Initial(0, [0, 1]), .. QuicPackets.Named("chromium-1")],
        ]).Sample(bytes => PrefaceFuzz.RunDatagram(bytes), iter: 60_000, print: Convert.ToHexString);
}
