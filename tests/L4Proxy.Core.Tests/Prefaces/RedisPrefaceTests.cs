using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class RedisPrefaceTests
{
    private static readonly RedisPreface s_redis = new();

    [Theory]
    [InlineData("*1\r\n$4\r\nping\r\n", 6)] // redis-cli 7.0 ping
    [InlineData("*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n", 6)] // redis-cli -a secret
    [InlineData("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n", 6)] // redis-cli -3
    [InlineData("*1048576\r\n$10\r\n", 12)]
    [InlineData("PING\r\n", 6)]
    [InlineData("ping\n", 5)]
    [InlineData("AUTH alice secret\r\n", 19)]
    [InlineData("Hello 3\r\n", 9)]
    [InlineData("INFO replication\r\n", 18)]
    public void A_command_is_recognised(string text, int length) => PrefixAssert.FoundAt(length, s_redis, Encoding.ASCII.GetBytes(text));

    [Theory]
    [InlineData("*\r")]
    [InlineData("*0\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("*12345678")]
    [InlineData("*1\n")]
    [InlineData("*1\r\n:")]
    [InlineData("*1\r\n$0")]
    [InlineData("*1\r\n$-")]
    [InlineData("PINGS")]
    [InlineData("PIN\r\n")]
    [InlineData("PING\t")]
    [InlineData("PING / HTTP/1.1\r\n")]
    [InlineData("HELO a\r\n")] // SMTP
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("get k\r\n")] // memcached
    [InlineData("\r\n")]
    [InlineData("+PONG\r\n")] // A server.
    public void Anything_else_is_not_it(string text) => PrefixAssert.NotMine(s_redis, Encoding.ASCII.GetBytes(text));

    [Fact]
    public void A_line_is_not_waited_for_without_end()
    {
        Assert.Equal(PrefaceStatus.NeedMore, s_redis.Recognise(Encoding.ASCII.GetBytes($"AUTH {new string('x', 507)}")));
        PrefixAssert.NotMine(s_redis, Encoding.ASCII.GetBytes($"AUTH {new string('x', 508)}"));
    }
}
