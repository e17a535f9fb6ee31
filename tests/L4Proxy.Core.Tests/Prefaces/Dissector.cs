using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>Somebody else's decoder of the same bytes: tshark, over a capture in which each is a connection or a flow of its own.</summary>
internal static class Dissector
{
    private const string Program = "/usr/bin/tshark";
    private const byte Tcp = 6;
    private const byte Udp = 17;

    // What the ports alone do not say.
    private static readonly string[] s_decodeAs = ["udp.port==4433,dtls", "tcp.port==1194,openvpn"];

    public static bool IsInstalled => File.Exists(Program);

    /// <summary>For each of the first bytes the values of the fields, joined by commas where there are several.</summary>
    public static IReadOnlyList<string[]> Read(IReadOnlyList<(FirstBytesOf Bytes, int Port)> packets, params string[] fields)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, Capture(packets));
            var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
            string[] arguments =
            [
                "-r", file, "-T", "fields", "-E", "separator=/t",
                .. s_decodeAs.SelectMany(rule => (string[])["-d", rule]), .. fields.SelectMany(field => (string[])["-e", field]),
            ];
            foreach (var argument in arguments)
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            Assert.True(process.ExitCode == 0 && lines.Length == packets.Count, errors.Result);
            return [.. lines.Select(line => line.Split('\t'))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The format of libpcap, with IP packets (LINKTYPE_RAW).</summary>
    private static byte[] Capture(IReadOnlyList<(FirstBytesOf Bytes, int Port)> packets)
    {
        var capture = new List<byte>();
        void Number(uint value) => capture.AddRange(BitConverter.GetBytes(value));
        Number(0xa1b2c3d4);
        Number(0x0004_0002);
        Number(0);
        Number(0);
        Number(65535);
        Number(101);
        foreach (var (index, (bytes, port)) in packets.Index())
        {
            var packet = Packet(bytes, (ushort)(50_000 + index), (ushort)port);
            Number((uint)index);
            Number(0);
            Number((uint)packet.Length);
            Number((uint)packet.Length);
            capture.AddRange(packet);
        }
        return [.. capture];
    }

    private static byte[] Packet(FirstBytesOf bytes, ushort from, ushort to)
    {
        var protocol = bytes.IsDatagram ? Udp : Tcp;
        byte[] ports = [(byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to];
        byte[] transport = bytes.IsDatagram
            ? [.. ports, .. Length(8 + bytes.Bytes.Length), 0, 0]
            : [.. ports, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0];
        return
        [
            0x45, 0, .. Length(20 + transport.Length + bytes.Bytes.Length), 0, 0, 0x40, 0, 64, protocol, 0, 0,
            .. IPAddress.Parse("192.0.2.1").GetAddressBytes(), .. IPAddress.Parse("192.0.2.2").GetAddressBytes(), .. transport, .. bytes.Bytes,
        ];
    }

    private static byte[] Length(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
