using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class RdpPrefaceTests
{
    private static readonly RdpPreface s_rdp = new();

    [Theory]
    [InlineData("0300002c27e00000000000436f6f6b69653a206d737473686173683d656c746f6e730d0a0100080000000000", 12)] // MS-RDPBCGR section 4.1.1
    [InlineData("030000130ee000000000000100080003000000", 15)] // No cookie.
    [InlineData("0300002f2ae00000000000436f6f6b69653a206d7374733d333634303230353232382e31353632392e303030300d0a", 12)] // A routing token.
    [InlineData("0300000b06e00000000000", 11)] // A client of RDP 4 or 5.
    public void A_connection_request_is_recognised(string hex, int length) => PrefixAssert.FoundAt(length, s_rdp, Convert.FromHexString(hex));

    [Theory]
    [InlineData("02")]
    [InlineData("0301")]
    [InlineData("030001")]
    [InlineData("0300001611d0")] // A connection confirm.
    [InlineData("0300000a06e00000000000")] // Lengths that do not agree.
    [InlineData("0300002c26e00000000000436f")]
    [InlineData("0300000a05e0000000000043")]
    [InlineData("0300002c27e00001000000436f")] // A reference to somebody.
    [InlineData("0300002c27e00000000001436f")] // Class 1.
    [InlineData("0300001611e00000000100c0010ac1020100c2020102")] // Siemens S7.
    [InlineData("030000130ee00000000000010009")]
    [InlineData("030000130ee0000000000001000801")]
    public void Anything_else_is_not_it(string hex) => PrefixAssert.NotMine(s_rdp, Convert.FromHexString(hex));
}
