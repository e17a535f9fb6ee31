using System.Text;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Explaining.Clients;

/// <summary>An identification (RFC 4253 section 4.2).</summary>
internal sealed class SshClient() : ImaginedClient("ssh", Software)
{
    private const string Software = "ssh.software";

    public override byte[] Write(ImaginedWords words, bool isDatagram)
    {
        var software = words.Get(Software) ?? "client";
        return software.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? throw new FormatException($"'{Software}' must be printable ASCII, not {Quote.Text(software)}.")
            : Encoding.ASCII.GetBytes($"SSH-2.0-{software}\r\n");
    }
}
