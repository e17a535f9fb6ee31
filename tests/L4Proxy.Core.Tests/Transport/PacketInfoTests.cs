using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;

namespace L4Proxy.Core.Tests.Transport;

public class PacketInfoTests
{
    [Theory]
    [InlineData("192.0.2.1", AddressFamily.InterNetwork, 32)]
    [InlineData("192.0.2.1", AddressFamily.InterNetworkV6, 40)]
    [InlineData("2001:db8::1", AddressFamily.InterNetworkV6, 40)]
    [InlineData("fe80::1%7", AddressFamily.InterNetworkV6, 40)]
    public void Survives_the_way_into_a_control_message_and_back(string host, AddressFamily family, int expected)
    {
        var address = DatagramAddress.From(new(IPAddress.Parse(host), 53));
        var control = new byte[PacketInfo.MaxSize];
        control.AsSpan().Fill(0xEE);
        var length = PacketInfo.Write(address, control, family);
        Assert.Equal(expected, length);
        Assert.Equal(address, PacketInfo.Read(control.AsSpan(0, length), 53));
    }

    [Theory]
    [InlineData("0.0.0.0", AddressFamily.InterNetwork)]
    [InlineData("::", AddressFamily.InterNetworkV6)]
    [InlineData("2001:db8::1", AddressFamily.InterNetwork)]
    public void Address_that_says_nothing_to_the_socket_is_left_out(string host, AddressFamily family) =>
        Assert.Equal(0, PacketInfo.Write(DatagramAddress.From(new(IPAddress.Parse(host), 53)), new byte[PacketInfo.MaxSize], family));

    [Fact]
    public void Other_messages_are_passed_over()
    {
        var address = DatagramAddress.From(new(IPAddress.Parse("2001:db8::1"), 53));
        var control = new byte[24 + PacketInfo.MaxSize];
        MemoryMarshal.Write(control, 17UL); // a message of one byte
        MemoryMarshal.Write(control.AsSpan(8), 1);
        var length = PacketInfo.Write(address, control.AsSpan(24), AddressFamily.InterNetworkV6);
        Assert.Equal(address, PacketInfo.Read(control.AsSpan(0, 24 + length), 53));
    }

    [Fact]
    public void Multicast_cannot_be_answered_from()
    {
        var control = new byte[PacketInfo.MaxSize];
        var length = PacketInfo.Write(DatagramAddress.From(new(IPAddress.Parse("ff02::1"), 53)), control, AddressFamily.InterNetworkV6);
        Assert.True(PacketInfo.Read(control.AsSpan(0, length), 53).IsUnspecified);
    }

    [Fact]
    public void Control_messages_that_are_cut_short_or_wrong_say_nothing()
    {
        var control = new byte[PacketInfo.MaxSize];
        var whole = PacketInfo.Write(DatagramAddress.From(new(IPAddress.Parse("2001:db8::1"), 53)), control, AddressFamily.InterNetworkV6);
        for (var length = 0; length < whole - 4; length++)
            Assert.True(PacketInfo.Read(control.AsSpan(0, length), 53).IsUnspecified);
        foreach (var claimed in (ulong[])[0, 1, 15, 16, 17, 35, 41, 64, int.MaxValue, uint.MaxValue, ulong.MaxValue])
        {
            MemoryMarshal.Write(control, claimed);
            Assert.True(PacketInfo.Read(control.AsSpan(0, whole), 53).IsUnspecified);
        }
    }

    [Fact]
    public void Random_bytes_do_no_harm()
    {
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var control = new byte[random.Next(PacketInfo.MaxSize)];
            random.NextBytes(control);
            if (control.Length >= 16)
                MemoryMarshal.Write(control, (ulong)random.Next(80));
            PacketInfo.Read(control, 53);
        }
    }

    /// <summary>As a C compiler lays them out on x64 and arm64, with glibc's headers and with musl's.</summary>
    [Fact]
    public void Structures_are_laid_out_as_the_kernel_reads_them()
    {
        Assert.Equal(56, Unsafe.SizeOf<MessageHeader>());
        Assert.Equal(16, Unsafe.SizeOf<IoVector>());
        int[] offsets = [.. new[] { "Name", "NameLength", "Vectors", "VectorCount", "Control", "ControlLength", "Flags" }
            .Select(field => (int)Marshal.OffsetOf<MessageHeader>(field))];
        Assert.Equal([0, 8, 16, 24, 32, 40, 48], offsets);
    }
}
