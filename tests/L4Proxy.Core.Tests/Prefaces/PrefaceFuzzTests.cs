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
            "POST /index.html HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(),
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(),
            "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray(),
            QuicPackets.Named("rfc9001"),
            QuicPackets.Named("rfc9369"),
            [.. QuicPackets.Initial(0, [0, 1]), .. QuicPackets.Named("chromium-1")],
        ]).Sample(bytes => PrefaceFuzz.Run(bytes), iter: 60_000, print: Convert.ToHexString);
}
