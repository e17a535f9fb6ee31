using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Snapshot;
using L4Proxy.Tls;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using L4Proxy.Files;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>Certificates in files of a directory of their own, and the store that reads them.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;

    public CertificateFiles()
    {
        Store = new FileStore(_directory, Time, NullLogger<FileStore>.Instance);
        Write("ca.pem", Pki.RootPem);
    }

    public TestPki Pki { get; } = new();

    public FakeTimeProvider Time { get; } = new(TestPki.Now);

    public FileStore Store { get; }

    /// <summary>Writes a certificate, its chain and its key to a file.</summary>
    public L4Certificate Write(string file, X509Certificate2 certificate)
    {
        Write(file, Pki.ChainPem(certificate) + TestPki.KeyPem(certificate));
        return new L4Certificate { Path = file };
    }

    public void Write(string file, string text) => File.WriteAllText(PathOf(file), text);

    public string PathOf(string file) => Path.Combine(_directory, file);

    public ServerTls Server(L4Endpoint endpoint)
    {
        Assert.True(EndpointUrl.TryParse("tls://*:1", out var url, out _));
        return new TlsBuilder(Store).ForEndpoint(endpoint, url, []).All!;
    }

    public UpstreamTls Upstream(L4UpstreamTls config) => new TlsBuilder(Store).ForCluster(config);

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
