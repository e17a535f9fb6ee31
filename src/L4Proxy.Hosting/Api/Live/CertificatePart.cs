using L4Proxy.Files;
using L4Proxy.Tls;

namespace L4Proxy.Api.Live;

/// <summary>The certificates in force.</summary>
internal sealed class CertificatePart(ProxyServer server, FileStore files, TimeProvider time) : IApiPart
{
    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/certificates", "listCertificates", "The certificates in force, those that end first before the others.", ListAsync) { Answer = "LiveCertificate", IsList = true },
    ];

    private Task ListAsync(ApiCall call)
    {
        var named = server.Snapshot.Graph?.Files.Certificates ?? [];
        var certificates = named.Select(item => new LiveCertificate(item.Path.ToString(), item.Certificate.Path!, files.Get(item.Certificate))).OrderBy(certificate => certificate.End);
        var now = time.GetUtcNow();
        return call.AnswerAsync(certificates, (json, certificate) => certificate.Write(json, now));
    }
}
