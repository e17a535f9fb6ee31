using L4Proxy.Destinations.Health.Probing;

namespace L4Proxy.Core.Tests.Destinations.Health;

public class ProbeTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("PING", "50494E47")]
    [InlineData(@"PING\r\n", "50494E470D0A")]
    [InlineData("a\r\n", "610D0A")]
    [InlineData(@"\x00\xfF\Xa0", "00FFA0")]
    [InlineData(@"\0\t\\x41", "00095C783431")]
    [InlineData("ž", "C5BE")]
    [InlineData(@"\xc5\xbe", "C5BE")]
    [InlineData("💚", "F09F929A")]
    public void Reads(string text, string hex)
    {
        Assert.True(ProbeText.TryRead(text, out var bytes, out var error), error);
        Assert.Equal(hex, Convert.ToHexString(bytes));
    }

    [Theory]
    [InlineData(@"\", @"'\'")]
    [InlineData(@"a\x", @"'\x'")]
    [InlineData(@"\x4", @"'\x4'")]
    [InlineData(@"\xg0", @"'\xg0'")]
    [InlineData(@"\x+1", @"'\x+1'")]
    [InlineData(@"\q", @"'\q'")]
    public void Says_what_it_cannot_read(string text, string quoted)
    {
        Assert.False(ProbeText.TryRead(text, out _, out var error));
        Assert.StartsWith(quoted, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_too_long()
    {
        Assert.True(ProbeText.TryRead(new string('a', 1024), out _, out _));
        Assert.False(ProbeText.TryRead(new string('a', 1023) + "ž", out _, out var error));
        Assert.Equal("It is 1025 bytes long; 1024 are the most.", error);
    }
}
