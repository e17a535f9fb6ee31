using System.Security.Cryptography;
using System.Text.Json;
using L4Proxy.Tls;

namespace L4Proxy.Api.Live;

/// <summary>A certificate where it is configured, and how it is. Says nothing of its key.</summary>
/// <param name="setting">Where that is.</param>
/// <param name="path">Its file, as configured.</param>
/// <param name="source">What is in force of that.</param>
internal sealed class LiveCertificate(string setting, string path, CertificateSource source)
{
    // Once: it may be replaced at any time.
    private readonly LoadedCertificate? _loaded = source.Current;

    /// <summary>When it ends; one that could not be loaded has none, and comes first.</summary>
    public DateTime End => _loaded?.Certificate.NotAfter ?? DateTime.MinValue;

    public void Write(Utf8JsonWriter json, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("setting", setting);
        json.WriteString("path", path);
        // L4Proxy:Endpoints:web:Certificates:0 is the endpoint web's.
        var names = setting.Split(':');
        json.WriteString(names[1][..^1].ToLowerInvariant(), names[2]);
        if (_loaded is not null)
            Write(json, _loaded);
        if (_loaded?.WarningAt(now) is { } warning)
            json.WriteString("warning", warning);
        if (source.Fault is { } fault)
            json.WriteString("error", fault.Message);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LoadedCertificate loaded)
    {
        var certificate = loaded.Certificate;
        json.WriteString("subject", certificate.Subject);
        json.WriteString("issuer", certificate.Issuer);
        json.WriteTexts("names", loaded.Names);
        json.WriteString("notBefore", certificate.NotBefore.ToUniversalTime());
        json.WriteString("notAfter", certificate.NotAfter.ToUniversalTime());
        json.WriteString("serialNumber", certificate.SerialNumber);
        json.WriteString("thumbprint", certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }
}
