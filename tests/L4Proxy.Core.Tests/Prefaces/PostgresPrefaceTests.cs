using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class PostgresPrefaceTests
{
    private static readonly PostgresPreface s_postgres = new();

    /// <summary>What psql 15 sends first; GSSENCRequest and the longer key of protocol 3.2 by the documentation.</summary>
    public static TheoryData<string, string, string?, string?> Messages => new()
    {
        { "0000000804d2162f", "SSLRequest", null, null },
        { "0000000804d21630", "GSSENCRequest", null, null },
        { "0000001004d2162e000004d2deadbeef", "CancelRequest", null, null },
        { $"0000010c04d2162e000004d2{new string('a', 512)}", "CancelRequest", null, null },
        { "00000038000300007573657200616c6963650064617461626173650073686f70006170706c69636174696f6e5f6e616d65007073716c0000", "StartupMessage", "alice", "shop" },
        // Its user is its database; 3.2.
        { "00000014000300027573657200616c6963650000", "StartupMessage", "alice", "alice" },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void Eight_bytes_tell_and_the_whole_message_says_who(string hex, string message, string? user, string? database)
    {
        var bytes = Convert.FromHexString(hex);
        PrefixAssert.FoundAt(8, s_postgres, bytes);
        for (var length = 8; length <= bytes.Length; length++)
        {
            var isRead = user is null || length == bytes.Length;
            Assert.Equal(isRead ? PrefaceStatus.Found : PrefaceStatus.NeedMore, s_postgres.Read(bytes.AsSpan(0, length), out var content));
            Assert.Equal(isRead ? new PostgresStartup(message, user, database) : null, content);
        }
        // What follows is not its.
        Assert.Equal(PrefaceStatus.Found, s_postgres.Read([.. bytes, 0x16, 3, 1], out _));
    }

    [Theory]
    [InlineData("01")]
    [InlineData("0001")]
    [InlineData("0000000904d2162f")] // An SSLRequest of 9 bytes.
    [InlineData("0000000804d2162e")] // A CancelRequest without a key.
    [InlineData("0000010d04d2162e")] // One whose key is too long.
    [InlineData("0000002900020000")] // Protocol 2, which servers gave up with 14.
    [InlineData("0000000800030000")] // A start-up message with nothing in it.
    [InlineData("0000271100030000")] // One that is longer than the server takes.
    [InlineData("00000085ff534d42")] // SMB over TCP.
    [InlineData("000100002112a442")] // STUN.
    public void Anything_else_is_not_it(string hex) => PrefixAssert.NotMine(s_postgres, Convert.FromHexString(hex));

    [Theory]
    [InlineData("0000000900030000" + "00")] // Nobody.
    [InlineData("0000000f00030000" + "75736572000000")] // An empty user.
    [InlineData("0000001300030000" + "7573657200616c69636500")] // No end.
    [InlineData("0000001500030000" + "7573657200616c696365000000")] // More behind the end.
    [InlineData("0000001000030000" + "7573657200ff0000")] // No UTF-8.
    [InlineData("0000000e00030000" + "757365720061")] // A value without an end.
    public void Who_cannot_be_understood_has_said_nothing(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(PrefaceStatus.Found, s_postgres.Recognise(bytes));
        Assert.Equal(PrefaceStatus.NotMine, s_postgres.Read(bytes, out var content));
        Assert.Null(content);
    }

    [Fact]
    public void The_last_of_several_counts_as_it_does_for_the_server()
    {
        Assert.Equal(PrefaceStatus.Found, s_postgres.Read("\0\0\0\u0022\0\u0003\0\0user\0a\0database\0b\0user\0c\0\0"u8, out var content));
        Assert.Equal(new PostgresStartup("StartupMessage", "c", "b"), content);
    }

    [Fact]
    public void A_length_that_is_only_named_is_waited_for_and_costs_nothing()
    {
        var bytes = Convert.FromHexString("00002710000300007573657200");
        Assert.Equal(PrefaceStatus.NeedMore, s_postgres.Read(bytes, out _));
        Assert.Equal(0, House.Allocated.By(() => s_postgres.Read(bytes, out _), times: 100));
    }
}
