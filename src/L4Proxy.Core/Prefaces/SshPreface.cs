using System.Text;

namespace L4Proxy.Prefaces;

/// <summary>Recognises an SSH client by its identification (RFC 4253 section 4.2), and reads that.</summary>
/// <remarks>
/// <code>
/// SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n      version of the protocol, software, comments
/// </code>
/// Only a server may send other lines before it.
/// </remarks>
internal sealed class SshPreface() : PrefaceParser("ssh")
{
    private const int LongestLine = 255;

    private static ReadOnlySpan<byte> Identification => "SSH-"u8;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Identification))
            return PrefaceStatus.Found;
        return Identification.StartsWith(bytes) ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
    }

    public override PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content)
    {
        content = null;
        var end = bytes[..Math.Min(bytes.Length, LongestLine)].IndexOf((byte)'\n');
        if (end < 0)
            return bytes.Length < LongestLine ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
        content = ReadLine(bytes[Identification.Length..end]);
        return content is null ? PrefaceStatus.NotMine : PrefaceStatus.Found;
    }

    private static SshIdentification? ReadLine(ReadOnlySpan<byte> line)
    {
        // Some end it with LF alone.
        line = line.TrimEnd((byte)'\r');
        var dash = line.IndexOf((byte)'-');
        if (dash <= 0 || line.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return null;
        var software = line[(dash + 1)..];
        var blank = software.IndexOf((byte)' ');
        software = blank < 0 ? software : software[..blank];
        return software.IsEmpty ? null : new(Encoding.ASCII.GetString(line[..dash]), Encoding.ASCII.GetString(software));
    }
}
