using System.Text;
using L4Proxy.Destinations.Health.Probing;

namespace L4Proxy.Core.Tests.Destinations.Health;

public class ExpectedBytesTests
{
    // A greeting of OpenSSH's, and what many servers say before theirs (RFC 4253 section 4.2).
    private static readonly byte[] s_answer = "Welcome\r\nSSHSSH-SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"u8.ToArray();

    [Fact]
    public void Finds_it_however_the_answer_is_cut_in_three()
    {
        for (var first = 0; first <= s_answer.Length; first++)
        {
            for (var second = first; second <= s_answer.Length; second++)
            {
                var expected = new ExpectedBytes("SSH-2.0"u8.ToArray());
                expected.Add(s_answer.AsSpan(0, first));
                expected.Add(s_answer.AsSpan(first, second - first));
                Assert.True(expected.Add(s_answer.AsSpan(second)));
            }
        }
    }

    [Fact]
    public void Finds_it_exactly_when_its_last_byte_has_come()
    {
        var end = Encoding.ASCII.GetString(s_answer).IndexOf("SSH-2.0", StringComparison.Ordinal) + "SSH-2.0".Length;
        for (var length = 0; length <= s_answer.Length; length++)
        {
            var expected = new ExpectedBytes("SSH-2.0"u8.ToArray());
            foreach (var value in s_answer.AsSpan(0, length))
                expected.Add([value]);
            Assert.Equal(length >= end, expected.IsFound);
        }
    }

    [Fact]
    public void Where_nothing_is_expected_it_has_come() => Assert.True(new ExpectedBytes(default).IsFound);

    [Fact]
    public void Keeps_64_KiB_and_no_more()
    {
        var expected = new ExpectedBytes("+PONG"u8.ToArray());
        expected.Add(new byte[65_531]);
        Assert.Equal(5, expected.Room.Length);
        Assert.False(expected.IsFound);
        Assert.True(expected.Add("+PONG"u8));

        expected = new ExpectedBytes("+PONG"u8.ToArray());
        expected.Add(new byte[65_532]);
        Assert.False(expected.Add("+PONG"u8));
        Assert.True(expected.Room.IsEmpty);
        Assert.False(expected.Add("+PONG"u8));
    }
}
