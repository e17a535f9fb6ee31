using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Prefaces;

/// <summary>The names of protocols in <c>Match:Protocols</c>.</summary>
internal static class ProtocolName
{
    /// <summary>Reads <c>tls</c>, <c>http</c> or <c>ssh</c>.</summary>
    public static bool TryParse(string text, out KnownProtocols protocol, [NotNullWhen(false)] out string? error)
    {
        protocol = text switch
        {
            "tls" => KnownProtocols.Tls,
            "http" => KnownProtocols.Http,
            "ssh" => KnownProtocols.Ssh,
            _ => KnownProtocols.None,
        };
        error = protocol == KnownProtocols.None ? $"'{text}' is not a protocol that is recognised: 'tls', 'http' or 'ssh'." : null;
        return error is null;
    }
}
