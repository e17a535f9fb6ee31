using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>Whether clients of terminated TLS must show a certificate.</summary>
public sealed record L4ClientCertificate
{
    /// <summary>Whether one is asked for.</summary>
    /// <value><c>Off</c>, <c>Optional</c> or <c>Required</c>. Default: <c>Off</c>.</value>
    public L4ClientCertificateMode? Mode { get; init; }

    /// <summary>PEM file of the authorities that must have issued it.</summary>
    /// <value>Default: those that the system trusts.</value>
    public string? Ca { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4ClientCertificate());

        public static readonly DefaultedKey<L4ClientCertificate, L4ClientCertificateMode> Mode = new(
            Shape, new NameShape<L4ClientCertificateMode>(), L4ClientCertificateMode.Off, r => r.Mode, (r, v) => r with { Mode = v });
        public static readonly Key<L4ClientCertificate, string> Ca = new(Shape, AnyText, r => r.Ca, (r, v) => r with { Ca = v }) { Otherwise = "those that the system trusts" };
    }
}
