using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>TLS to destinations.</summary>
public sealed record L4UpstreamTls
{
    /// <summary>The name asked for and checked; may hold captures of the route's <see cref="L4Match.Sni"/>.</summary>
    /// <value>Default: the host of the destination.</value>
    public string? ServerName { get; init; }

    /// <summary>PEM file of the authorities that must have issued the destination's certificate.</summary>
    /// <value>Default: those that the system trusts.</value>
    public string? Ca { get; init; }

    /// <summary>The certificate shown to destinations.</summary>
    /// <value>Default: none.</value>
    public L4Certificate? ClientCertificate { get; init; }

    /// <summary>Takes any certificate: whoever is on the path can then read and change everything.</summary>
    /// <value>Default: false.</value>
    public bool? SkipVerify { get; init; }

    /// <summary>ALPN protocols offered to destinations, best first.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<string>? Alpn { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4UpstreamTls());

        public static readonly Key<L4UpstreamTls, string> ServerName = new(Shape, AnyText, r => r.ServerName, (r, v) => r with { ServerName = v })
            { Otherwise = "the host of the destination" };
        public static readonly Key<L4UpstreamTls, string> Ca = new(Shape, AnyText, r => r.Ca, (r, v) => r with { Ca = v }) { Otherwise = "those that the system trusts" };
        public static readonly Key<L4UpstreamTls, L4Certificate> ClientCertificate = new(Shape, L4Certificate.Keys.Shape,
            r => r.ClientCertificate, (r, v) => r with { ClientCertificate = v }) { Otherwise = "none" };
        public static readonly DefaultedKey<L4UpstreamTls, bool> SkipVerify = new(Shape, TrueOrFalse, false, r => r.SkipVerify, (r, v) => r with { SkipVerify = v });
        public static readonly Key<L4UpstreamTls, IReadOnlyList<string>> Alpn = new(Shape, AlpnList, r => r.Alpn, (r, v) => r with { Alpn = v }) { Otherwise = "none" };
    }
}
