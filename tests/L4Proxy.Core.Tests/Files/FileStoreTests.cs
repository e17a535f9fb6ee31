using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using L4Proxy.Configuration.Validation;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Files;

namespace L4Proxy.Core.Tests.Files;

public sealed class FileStoreTests : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TestPki s_pki = new();

    private readonly string _directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;
    private readonly FakeTimeProvider _time = new(TestPki.Now);
    private readonly TestLog _log = new();
    private readonly ILoggerFactory _logging;
    private readonly FileStore _store;
    private readonly L4Certificate _certificate = new() { Path = "tls.crt", KeyPath = "tls.key" };

    public FileStoreTests()
    {
        _logging = LoggerFactory.Create(logging => logging.AddProvider(_log));
        _store = new FileStore(_directory, _time, _logging.CreateLogger<FileStore>());
    }

    public void Dispose()
    {
        _store.Dispose();
        _logging.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_file_is_read_once_however_often_it_is_named()
    {
        Write(s_pki.Issue("a"));

        var source = _store.Get(_certificate);

        Assert.Same(source, _store.Get(_certificate with { Path = Path.Combine(_directory, "x", "..", "tls.crt") }));
        Assert.NotSame(source, _store.Get(_certificate with { Password = "another" }));
        Assert.Equal(["a"], source.Current!.Names);
    }

    [Fact]
    public void Nothing_happens_while_nothing_changes()
    {
        Write(s_pki.Issue("a"));
        var source = _store.Get(_certificate);
        var loaded = source.Current;

        _time.Pass(TimeSpan.FromMinutes(1));
        File.SetLastWriteTimeUtc(PathOf("tls.crt"), DateTime.UnixEpoch);
        _time.Pass(TimeSpan.FromMinutes(1));

        Assert.Same(loaded, source.Current);
        Assert.Equal(0, _store.Version);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void A_replaced_certificate_is_used_within_a_second_and_said_with_its_names_and_its_end()
    {
        Write(s_pki.Issue("a"));
        var source = _store.Get(_certificate);

        var next = s_pki.Issue("b.example.com");
        Write(next);
        _time.Advance(Look);

        Assert.Equal(next.Thumbprint, source.Current!.Certificate.Thumbprint);
        Assert.Equal(1, _store.Version);
        var line = Assert.Single(_log.Lines);
        Assert.StartsWith($"Information L4Proxy.Files.FileStore CertificateReplaced: {PathOf("tls.crt")} was replaced: the certificate for b.example.com, which expires at ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_nobody_renews_is_a_warning_once_a_day()
    {
        Write(s_pki.Issue(["a"], TestPki.ForServers, TestPki.Now.AddDays(-75), TestPki.Now.AddDays(15.5)));
        _store.Get(_certificate);

        _time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(_log.Lines);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Contains($"CertificateWarning: {PathOf("tls.crt")}: The certificate expires at ", Assert.Single(_log.Lines), StringComparison.Ordinal);
        _time.Pass(TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromHours(23));
        Assert.Single(_log.Lines);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, _log.Lines.Count);
    }

    [Fact]
    public void A_certificate_before_its_key_is_not_used_and_not_yet_a_fault()
    {
        var (first, next) = (s_pki.Issue("a"), s_pki.Issue("b"));
        Write(first);
        var source = _store.Get(_certificate);

        File.WriteAllText(PathOf("tls.crt"), s_pki.ChainPem(next));
        _time.Advance(Look);
        Assert.Equal(["a"], source.Current!.Names);
        File.WriteAllText(PathOf("tls.key"), TestPki.KeyPem(next));
        _time.Advance(Look);

        Assert.Equal(["b"], source.Current.Names);
        Assert.Null(source.Fault);
        Assert.Contains("CertificateReplaced", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pair_that_stays_half_written_is_said_once_and_used_when_it_is_whole()
    {
        var next = s_pki.Issue("b");
        Write(s_pki.Issue("a"));
        var source = _store.Get(_certificate);

        File.WriteAllText(PathOf("tls.key"), TestPki.KeyPem(next));
        _time.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(["a"], source.Current!.Names);
        Assert.Equal("KeyPath", source.Fault!.Key);
        Assert.Equal(
            $"Error L4Proxy.Files.FileStore CertificateNotReplaced: {PathOf("tls.crt")} has changed and cannot be used, what was read before stays in force. "
            + "KeyPath: The private key is not that of the first certificate, 'CN=a'. ",
            Assert.Single(_log.Lines));

        File.WriteAllText(PathOf("tls.crt"), s_pki.ChainPem(next));
        _time.Advance(Look);

        Assert.Equal(["b"], source.Current.Names);
        Assert.Null(source.Fault);
        Assert.Equal(2, _log.Lines.Count);
    }

    [Theory]
    [InlineData("tls.crt", "Path")]
    [InlineData("tls.key", "KeyPath")]
    public void A_file_that_is_deleted_leaves_its_certificate_in_force(string name, string key)
    {
        Write(s_pki.Issue("a"));
        var source = _store.Get(_certificate);

        var content = File.ReadAllText(PathOf(name));
        File.Delete(PathOf(name));
        _time.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(["a"], source.Current!.Names);
        Assert.Equal(key, source.Fault!.Key);
        Assert.Contains("CertificateNotReplaced", Assert.Single(_log.Lines), StringComparison.Ordinal);

        File.WriteAllText(PathOf(name), content);
        _time.Advance(Look);

        Assert.Null(source.Fault);
    }

    [Fact]
    public void A_link_that_is_pointed_elsewhere_is_followed()
    {
        // As Kubernetes does it: tls.crt -> ..data/tls.crt, ..data -> ..1, and ..data becomes another link.
        var (first, next) = (s_pki.Issue("a"), s_pki.Issue("b"));
        foreach (var (directory, certificate) in new[] { ("..1", first), ("..2", next) })
        {
            Directory.CreateDirectory(PathOf(directory));
            Write(certificate, directory);
        }

        Directory.CreateSymbolicLink(PathOf("..data"), "..1");
        File.CreateSymbolicLink(PathOf("tls.crt"), Path.Combine("..data", "tls.crt"));
        File.CreateSymbolicLink(PathOf("tls.key"), Path.Combine("..data", "tls.key"));
        var source = _store.Get(_certificate);
        Assert.Equal(["a"], source.Current!.Names);
        _time.Pass(TimeSpan.FromMinutes(1));

        Directory.Delete(PathOf("..data"));
        Directory.CreateSymbolicLink(PathOf("..data"), "..2");
        _time.Advance(Look);

        Assert.Equal(["b"], source.Current.Names);
    }

    [Fact]
    public void A_file_that_is_moved_into_its_place_is_seen_even_with_the_same_time_and_length()
    {
        var (first, next) = (s_pki.Issue("a"), s_pki.Issue("b"));
        var text = s_pki.ChainPem(first) + TestPki.KeyPem(first);
        var other = s_pki.ChainPem(next) + TestPki.KeyPem(next);
        var length = Math.Max(text.Length, other.Length);
        File.WriteAllText(PathOf("one.pem"), text.PadRight(length));
        File.WriteAllText(PathOf("new.pem"), other.PadRight(length));
        File.SetLastWriteTimeUtc(PathOf("new.pem"), File.GetLastWriteTimeUtc(PathOf("one.pem")));
        var source = _store.Get(new L4Certificate { Path = "one.pem" });
        _time.Pass(TimeSpan.FromMinutes(1));

        File.Move(PathOf("new.pem"), PathOf("one.pem"), overwrite: true);
        _time.Advance(Look);

        Assert.Equal(["b"], source.Current!.Names);
    }

    [Fact]
    public void A_replaced_certificate_that_has_expired_is_used_and_warned_of()
    {
        Write(s_pki.Issue("a"));
        var source = _store.Get(_certificate);

        Write(s_pki.Issue(["b"], TestPki.ForServers, until: TestPki.Now.AddHours(-1)));
        _time.Advance(Look);

        Assert.Equal(["b"], source.Current!.Names);
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("The certificate expired at ", StringComparison.Ordinal));
    }

    [Fact]
    public void Authorities_are_followed_as_well()
    {
        File.WriteAllText(PathOf("ca.pem"), s_pki.RootPem + "\n" + s_pki.IntermediatePem);
        var source = _store.GetAuthorities("ca.pem");
        Assert.Equal(["CN=Test root"], source.Current!.Roots.Select(root => root.Subject));
        Assert.Equal(["CN=Test intermediate"], source.Current.Intermediates.Select(authority => authority.Subject));

        File.WriteAllText(PathOf("ca.pem"), TestPki.SelfSigned("CN=Another").ExportCertificatePem());
        _time.Advance(Look);

        Assert.Equal(["CN=Another"], source.Current.Roots.Select(root => root.Subject));
        Assert.Contains("was replaced: authorities: CN=Another", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The file holds no certificate in PEM form.")]
    [InlineData("intermediate", "The file holds no root: none of its certificates is self-signed, so no chain could end with one.")]
    public void Authorities_that_nothing_could_be_verified_by_are_a_fault(string content, string message)
    {
        File.WriteAllText(PathOf("ca.pem"), content == "intermediate" ? s_pki.IntermediatePem : content);

        var source = _store.GetAuthorities("ca.pem");

        Assert.Null(source.Current);
        Assert.Equal(("Ca", message), (source.Fault!.Key, source.Fault.Message));
    }

    [Fact]
    public void What_no_configuration_names_is_no_longer_followed()
    {
        Write(s_pki.Issue("a"));
        var source = _store.Get(_certificate);
        var config = new L4Config { Endpoints = new Dictionary<string, L4Endpoint> { ["e"] = new() { Certificates = [_certificate] } } };

        _store.Keep(new NamedFiles(Sample.Graph(config)).Keys);
        Assert.Same(source, _store.Get(_certificate));

        _store.Keep(new NamedFiles(Sample.Graph(new L4Config())).Keys);
        Write(s_pki.Issue("b"));
        _time.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(["a"], source.Current!.Names);
        Assert.Equal(["b"], _store.Get(_certificate).Current!.Names);
    }

    [Fact]
    public void What_could_never_be_used_is_told_of_when_its_files_change()
    {
        var source = _store.Get(_certificate);
        var mended = _store.Mended;
        Assert.Null(source.Current);
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.False(mended.HasChanged);

        Write(s_pki.Issue("a"));
        _time.Advance(Look);

        Assert.True(mended.HasChanged);
        Assert.False(_store.Mended.HasChanged);
        Assert.Equal(["a"], source.Current!.Names);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData("missing", "Path", "The file cannot be read: Could not find file '*'.")]
    [InlineData("directory", "Path", "The file cannot be read: '*' is a directory.")]
    [InlineData("huge", "Path", "The file cannot be read: it is longer than 1048576 bytes.")]
    public void A_file_that_cannot_be_read_is_a_fault(string kind, string key, string message)
    {
        if (kind == "directory")
            Directory.CreateDirectory(PathOf("tls.crt"));
        if (kind == "huge")
            File.WriteAllBytes(PathOf("tls.crt"), new byte[(1024 * 1024) + 1]);

        var fault = _store.Get(new L4Certificate { Path = "tls.crt" }).Fault!;

        Assert.Equal((key, message), (fault.Key, fault.Message.Replace(PathOf("tls.crt"), "*", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_a_fault()
    {
        if (Environment.IsPrivilegedProcess)
            Assert.Skip("An administrator may read every file.");
        Write(s_pki.Issue("a"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(PathOf("tls.key"), UnixFileMode.None);

        Assert.Equal("KeyPath", _store.Get(_certificate).Fault!.Key);
    }

    private void Write(X509Certificate2 certificate, string directory = "")
    {
        File.WriteAllText(PathOf(Path.Combine(directory, "tls.crt")), s_pki.ChainPem(certificate));
        File.WriteAllText(PathOf(Path.Combine(directory, "tls.key")), TestPki.KeyPem(certificate));
    }

    private string PathOf(string name) => Path.Combine(_directory, name);
}
