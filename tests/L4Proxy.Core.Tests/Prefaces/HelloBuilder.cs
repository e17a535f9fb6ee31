using System.Buffers.Binary;
using System.Text;

namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>Writes a ClientHello, also a wrong one.</summary>
internal sealed class HelloBuilder
{
    private readonly List<byte> _extensions = [];

    public ushort LegacyVersion { get; init; } = 0x0303;

    public bool WithoutExtensions { get; init; }

    public byte[] SessionId { get; init; } = new byte[32];

    public byte[] CipherSuites { get; init; } = [0x13, 0x01];

    public byte[] Compressions { get; init; } = [0];

    public byte[] Trailer { get; init; } = [];

    public static byte[] Vector8(params byte[] data) => [(byte)data.Length, .. data];

    public static byte[] Vector16(params byte[] data) => [(byte)(data.Length >> 8), (byte)data.Length, .. data];

    public HelloBuilder WithExtension(ushort type, params byte[] data)
    {
        _extensions.AddRange([(byte)(type >> 8), (byte)type, .. Vector16(data)]);
        return this;
    }

    public HelloBuilder WithServerName(string name) => WithServerName(Encoding.Latin1.GetBytes(name));

    public HelloBuilder WithServerName(params byte[] name) => WithExtension(0, Vector16([0, .. Vector16(name)]));

    public HelloBuilder WithAlpn(params string[] names) =>
        WithExtension(16, Vector16([.. names.SelectMany(name => Vector8(Encoding.Latin1.GetBytes(name)))]));

    public HelloBuilder WithVersions(params ushort[] versions) =>
        WithExtension(43, Vector8([.. versions.SelectMany(version => (byte[])[(byte)(version >> 8), (byte)version])]));

    /// <summary>The handshake message.</summary>
    public byte[] Message()
    {
        byte[] body =
        [
            (byte)(LegacyVersion >> 8), (byte)LegacyVersion, .. new byte[32], .. Vector8(SessionId), .. Vector16(CipherSuites),
            .. Vector8(Compressions), .. WithoutExtensions ? [] : Vector16([.. _extensions]), .. Trailer,
        ];
        var header = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(header, body.Length);
        header[0] = 1;
        return [.. header, .. body];
    }

    /// <summary>The message in one record.</summary>
    public byte[] Bytes() => CapturedHello.InRecords(Message(), 16384);
}
