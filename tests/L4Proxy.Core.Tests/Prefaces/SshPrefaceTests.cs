using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class SshPrefaceTests
{
    private static readonly SshPreface s_ssh = new();

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n", "2.0", "OpenSSH_9.2p1")] // Captured.
    [InlineData("SSH-2.0-paramiko_3.4.0\r\n", "2.0", "paramiko_3.4.0")]
    [InlineData("SSH-2.0-Go\n", "2.0", "Go")]
    [InlineData("SSH-1.99-x-y\r\n", "1.99", "x-y")]
    public void Four_bytes_tell_and_the_line_says_what_it_is(string line, string version, string software)
    {
        var bytes = Encoding.ASCII.GetBytes(line);
        PrefixAssert.FoundAt(4, s_ssh, bytes);
        for (var length = 4; length < bytes.Length; length++)
            Assert.Equal((PrefaceStatus.NeedMore, null), (s_ssh.Read(bytes.AsSpan(0, length), out var none), none));
        // The key exchange may follow at once.
        Assert.Equal(PrefaceStatus.Found, s_ssh.Read([.. bytes, 0, 0, 5], out var content));
        Assert.Equal(new SshIdentification(version, software), content);
    }

    [Theory]
    [InlineData("SSH2")]
    [InlineData("ssh-2.0")]
    [InlineData("EHLO ")]
    [InlineData("\r\nSSH-2.0-x")]
    public void Anything_else_is_not_it(string text) => PrefixAssert.NotMine(s_ssh, Encoding.ASCII.GetBytes(text));

    [Theory]
    [InlineData("SSH-2.0\r\n")]
    [InlineData("SSH--x\r\n")]
    [InlineData("SSH-2.0-\r\n")]
    [InlineData("SSH-2.0- x\r\n")]
    [InlineData("SSH-2.0-a\tb\r\n")]
    [InlineData("SSH-2.0-\u00e4\r\n")]
    public void Who_cannot_be_understood_has_said_nothing(string line)
    {
        Assert.Equal(PrefaceStatus.NotMine, s_ssh.Read(Encoding.Latin1.GetBytes(line), out var content));
        Assert.Null(content);
    }

    [Fact]
    public void A_line_has_at_most_255_bytes()
    {
        var longest = Encoding.ASCII.GetBytes($"SSH-2.0-{new string('x', 245)}\r\n");
        Assert.Equal(255, longest.Length);
        Assert.Equal(PrefaceStatus.Found, s_ssh.Read(longest, out _));
        byte[] longer = [.. longest[..^2], (byte)'x', .. "\r\n"u8];
        Assert.Equal(PrefaceStatus.NeedMore, s_ssh.Read(longer.AsSpan(0, 254), out _));
        Assert.Equal(PrefaceStatus.NotMine, s_ssh.Read(longer.AsSpan(0, 255), out _));
        Assert.Equal(PrefaceStatus.NotMine, s_ssh.Read(longer, out _));
    }
}
