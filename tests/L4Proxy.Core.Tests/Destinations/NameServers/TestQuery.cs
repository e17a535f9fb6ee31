using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace L4Proxy.Core.Tests.Destinations.NameServers;

/// <summary>A question (RFC 1035 section 4.1), and answers to it.</summary>
internal sealed record TestQuery(byte[] Id, string Name, int Type, IPEndPoint From, bool IsStream)
{
    public const int A = 1;
    public const int Alias = 5;
    public const int Aaaa = 28;
    public const int Srv = 33;

    public static TestQuery Of(byte[] bytes, IPEndPoint from, bool isStream)
    {
        var name = new StringBuilder();
        var i = 12;
        for (; bytes[i] != 0; i += bytes[i] + 1)
            name.Append(Encoding.ASCII.GetString(bytes, i + 1, bytes[i])).Append('.');
        return new(bytes[..2], name.ToString(0, name.Length - 1), BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(i + 1)), from, isStream);
    }

    /// <summary>The addresses of its type among these; no data where there are none.</summary>
    public byte[] Addresses(int seconds, params string[] addresses) => Records([.. addresses.Select(IPAddress.Parse)
        .Where(address => address.GetAddressBytes().Length == (Type == A ? 4 : 16))
        .Select(address => Record(Name, Type, seconds, address.GetAddressBytes()))]);

    /// <summary>These records.</summary>
    public byte[] Records(params byte[][] records) => Message(code: 0, records);

    /// <summary>SRV records.</summary>
    public byte[] Services(int seconds, params (int Priority, int Weight, int Port, string Target)[] hosts) => Records([.. hosts.Select(host =>
        Record(Name, Srv, seconds, [.. Number(host.Priority), .. Number(host.Weight), .. Number(host.Port), .. NameOf(host.Target)]))]);

    /// <summary>NXDOMAIN (3), SERVFAIL (2), REFUSED (5).</summary>
    public byte[] Failure(int code) => Message(code, []);

    /// <summary>An answer with everything of it given.</summary>
    public byte[] Message(int code, byte[][] records, bool isTruncated = false, string? question = null, byte[]? id = null) =>
    [
        .. id ?? Id, (byte)(isTruncated ? 0x87 : 0x85), (byte)(0x80 | code), .. Number(1), .. Number(records.Length), .. Number(0), .. Number(0),
        .. NameOf(question ?? Name), .. Number(Type), .. Number(1), .. records.SelectMany(record => record),
    ];

    public static byte[] Record(string owner, int type, int seconds, byte[] data) =>
        [.. NameOf(owner), .. Number(type), .. Number(1), .. Number(seconds >> 16), .. Number(seconds & 0xffff), .. Number(data.Length), .. data];

    public static byte[] NameOf(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private static byte[] Number(int value) => [(byte)(value >> 8), (byte)value];
}
