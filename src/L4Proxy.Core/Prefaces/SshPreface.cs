namespace L4Proxy.Prefaces;

/// <summary>Recognises an SSH client by its identification, <c>SSH-2.0-OpenSSH_9.2\r\n</c> (RFC 4253 section 4.2).</summary>
/// <remarks>Only a server may send other lines before it.</remarks>
internal sealed class SshPreface() : PrefaceParser("ssh")
{
    private static ReadOnlySpan<byte> Identification => "SSH-"u8;

    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Identification))
            return PrefaceStatus.Found;
        return Identification.StartsWith(bytes) ? PrefaceStatus.NeedMore : PrefaceStatus.NotMine;
    }
}
