using L4Proxy.Core.Tests.House;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class ClientHelloParserTests
{
    [Theory]
    [MemberData(nameof(CapturedHello.Files), MemberType = typeof(CapturedHello))]
    public void A_real_hello_is_read(string file)
    {
        var captured = CapturedHello.Named(file);

        Assert.Equal(PrefaceStatus.Found, ClientHelloParser.Parse(captured.Bytes(), out var hello));

        AssertIs(captured, hello);
    }

    [Theory]
    [MemberData(nameof(CapturedHello.Files), MemberType = typeof(CapturedHello))]
    public void Every_prefix_of_a_real_hello_needs_more(string file) => AssertAllPrefixesNeedMore(CapturedHello.Named(file).Bytes());

    [Theory]
    [MemberData(nameof(CapturedHello.FilesAndRecordSizes), MemberType = typeof(CapturedHello))]
    public void A_hello_cut_into_records_is_the_same_hello(string file, int recordSize)
    {
        var captured = CapturedHello.Named(file);
        var bytes = CapturedHello.InRecords(captured.Message(), recordSize);

        AssertAllPrefixesNeedMore(bytes);
        Assert.Equal(PrefaceStatus.Found, ClientHelloParser.Parse(bytes, out var hello));

        AssertIs(captured, hello);
    }

    [Theory]
    [InlineData(1, 2, 1000)] // the header of the message in three
    [InlineData(3, 150, 40)]
    [InlineData(200, 7, 30)]
    [InlineData(100, 30, 16384)]
    public void A_hello_in_records_of_unequal_length_is_the_same_hello(int first, int second, int third)
    {
        foreach (var captured in CapturedHello.All)
        {
            var bytes = CapturedHello.InRecords(captured.Message(), first, second, third);

            AssertAllPrefixesNeedMore(bytes);
            Assert.Equal(PrefaceStatus.Found, ClientHelloParser.Parse(bytes, out var hello));

            AssertIs(captured, hello);
        }
    }

    [Theory]
    [MemberData(nameof(CapturedHello.FilesAndRecordSizes), MemberType = typeof(CapturedHello))]
    public void Records_are_joined_to_one(string file, int recordSize)
    {
        var message = CapturedHello.Named(file).Message();
        byte[] rest = [23, 3, 3, 0, 1, 7];
        byte[] bytes = [.. CapturedHello.InRecords(message, recordSize), .. rest];

        Assert.Equal((byte[])[.. CapturedHello.InRecords(message, 16384), .. rest], bytes[..ClientHelloParser.JoinRecords(bytes)]);
    }

    [Fact]
    public void What_lies_behind_the_hello_in_its_last_record_stays_behind_it()
    {
        var message = new HelloBuilder().WithServerName("a.example.com").Message();
        byte[] cut = CapturedHello.InRecords([.. message, 20, 0, 0, 1, 9], 40, 16384);
        byte[] expected = [.. CapturedHello.InRecords(message, 16384), .. CapturedHello.InRecords([20, 0, 0, 1, 9], 16384)];

        // Also where not all of that has come.
        Assert.Equal(expected[..^2], cut[..ClientHelloParser.JoinRecords(cut.AsSpan(..^2))]);
    }

    [Fact]
    public void A_hello_that_no_single_record_holds_stays_as_it_is()
    {
        var message = new HelloBuilder().WithServerName("a.example.com").WithExtension(21, new byte[17_000]).Message();
        var cut = CapturedHello.InRecords(message, 9000);

        Assert.Equal(cut.Length, ClientHelloParser.JoinRecords(cut));
        Assert.Equal(CapturedHello.InRecords(message, 9000), cut);
    }

    [Fact]
    public void A_last_record_of_one_byte_belongs_to_the_hello()
    {
        // The name is the last of it.
        var message = new HelloBuilder().WithServerName("a.example.com").Message();
        var bytes = CapturedHello.InRecords(message, message.Length - 1);

        AssertAllPrefixesNeedMore(bytes);
        Assert.Equal(PrefaceStatus.Found, ClientHelloParser.Parse(bytes, out var hello));

        Assert.Equal("a.example.com", hello!.ServerName);
    }

    [Theory]
    [MemberData(nameof(CapturedHello.Files), MemberType = typeof(CapturedHello))]
    public void What_follows_a_hello_does_not_matter(string file)
    {
        var captured = CapturedHello.Named(file);
        byte[] followed = [.. captured.Message(), 20, 0, 0, 1, 9];

        Assert.Equal(PrefaceStatus.Found, ClientHelloParser.Parse([.. captured.Bytes(), 1, 2, 3], out var first));
        Assert.Equal(PrefaceStatus.Found, ClientHelloParser.Parse(CapturedHello.InRecords(followed, 100), out var second));

        AssertIs(captured, first);
        AssertIs(captured, second);
    }

    [Fact]
    public void Waiting_for_more_allocates_nothing()
    {
        var bytes = CapturedHello.InRecords(CapturedHello.Named("chromium").Message(), 7);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var length = 0; length < bytes.Length; length++)
                _ = ClientHelloParser.Parse(bytes.AsSpan(0, length), out _);
        }));
    }

    [Theory]
    [InlineData("00")] // not a handshake record
    [InlineData("15")] // an alert
    [InlineData("80")] // SSL 2
    [InlineData("1602")] // major version 2
    [InlineData("1604")]
    [InlineData("1603010000")] // empty record
    [InlineData("1603014001")] // longer than 2^14
    [InlineData("160301ffff")] // negative where lengths are signed
    [InlineData("160301000502")] // a ServerHello
    [InlineData("160301020001000000")] // no room for a hello
    [InlineData("160301020001000028")] // one byte too short
    [InlineData("160301400001010001")] // longer than 64 KiB
    [InlineData("160301020001ffffff")]
    [InlineData("160301000101160301000102160301000100160301000100")] // a length of over 64 KiB that begins in a second record
    [InlineData("1603010001011503010001")] // an alert in the middle of a hello
    [InlineData("1603010001011603010001001603010001001603010001141603")] // too short, over four records
    public void What_can_be_no_hello_is_refused_at_once(string hex)
    {
        Assert.Equal(PrefaceStatus.NotMine, ClientHelloParser.Parse(Convert.FromHexString(hex), out var hello));

        Assert.Null(hello);
    }

    [Fact]
    public void The_longest_hello_allowed_is_waited_for() =>
        Assert.Equal(PrefaceStatus.NeedMore, ClientHelloParser.Parse(Convert.FromHexString("160301400001010000"), out _));

    [Fact]
    public void A_hello_of_64_KiB_over_several_records_is_read()
    {
        var builder = new HelloBuilder().WithServerName("a.example.com").WithExtension(21, new byte[65000]);

        Assert.Equal(PrefaceStatus.Found, ClientHelloParser.Parse(CapturedHello.InRecords(builder.Message(), 16384), out var hello));

        Assert.Equal("a.example.com", hello!.ServerName);
    }

    private static void AssertAllPrefixesNeedMore(byte[] bytes)
    {
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(PrefaceStatus.NeedMore, ClientHelloParser.Parse(bytes.AsSpan(0, length), out var hello));
            Assert.Null(hello);
        }
    }

    private static void AssertIs(CapturedHello expected, ClientHello? hello)
    {
        Assert.NotNull(hello);
        Assert.Equal(expected.ServerName, hello.ServerName);
        Assert.False(hello.ServerNameInvalid);
        Assert.Equal(expected.Alpn, hello.Alpn);
        Assert.Equal(expected.Versions, hello.Versions);
        Assert.Equal(expected.Encrypted, hello.HasEncryptedClientHello);
    }
}
