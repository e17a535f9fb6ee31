namespace L4Proxy.Prefaces;

/// <summary>Recognises an LDAP client by its first request (RFC 4511 section 4.1.1).</summary>
/// <remarks>
/// <code>
/// 30 0c 02 01 01  60 07 02 01 03 04 00 80 00        bind, anonymous
/// 30 1d 02 01 01  77 18 80 16 1.3.6.1.4.1.1466...   extended: StartTLS
/// </code>
/// </remarks>
internal sealed class LdapPreface() : PrefaceParser("ldap")
{
    public override PrefaceStatus Recognise(ReadOnlySpan<byte> bytes)
    {
        var status = LdapMessage.Read(bytes, out var message);
        return status == PrefaceStatus.Found && !IsRequest(message.Operation) ? PrefaceStatus.NotMine : status;
    }

    // [APPLICATION n]: bind 0, unbind 2, search 3, modify 6, add 8, del 10, modDN 12, compare 14, abandon 16, extended 23.
    private static bool IsRequest(byte operation) => operation is 0x60 or 0x42 or 0x63 or 0x66 or 0x68 or 0x4a or 0x6c or 0x6e or 0x50 or 0x77;
}
