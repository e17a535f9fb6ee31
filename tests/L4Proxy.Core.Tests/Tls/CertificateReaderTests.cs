using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using L4Proxy.Tls;
using L4Proxy.Files;

namespace L4Proxy.Core.Tests.Tls;

public sealed class CertificateReaderTests
{
    private const string Password = "correct horse";

    private static readonly TestPki s_pki = new();
    private static readonly RSA s_rsaKey = RSA.Create(2048);
    private static readonly X509Certificate2 s_ecdsa = s_pki.Issue("a.example.com");
    private static readonly X509Certificate2 s_rsa = s_pki.Issue(["a.example.com"], TestPki.ForServers, key: s_rsaKey);

    public static TheoryData<string> Forms => [.. FormsByName.Keys];

    private static Dictionary<string, (byte[] File, byte[]? KeyFile, string? Password)> FormsByName { get; } = new()
    {
        ["PEM, key behind the chain"] = (Text(s_pki.ChainPem(s_ecdsa) + TestPki.KeyPem(s_ecdsa)), null, null),
        ["PEM, key before the chain"] = (Text(TestPki.KeyPem(s_ecdsa) + "\n" + s_pki.ChainPem(s_ecdsa)), null, null),
        ["PEM, key in a file of its own"] = (Text(s_pki.ChainPem(s_ecdsa)), Text(TestPki.KeyPem(s_ecdsa)), null),
        ["PEM, RSA key"] = (Text(s_pki.ChainPem(s_rsa)), Text(TestPki.KeyPem(s_rsa)), null),
        ["PEM, RSA key in PKCS#1"] = (Text(s_pki.ChainPem(s_rsa)), Text(s_rsaKey.ExportRSAPrivateKeyPem()), null),
        ["PEM, ECDSA key in SEC 1, with its curve before it"] = (
            Text(s_pki.ChainPem(s_ecdsa)),
            Text("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + s_ecdsa.GetECDsaPrivateKey()!.ExportECPrivateKeyPem()), null),
        ["PEM, encrypted ECDSA key"] = (Text(s_pki.ChainPem(s_ecdsa)), Text(TestPki.EncryptedKeyPem(s_ecdsa, Password)), Password),
        ["PEM, encrypted RSA key"] = (Text(s_pki.ChainPem(s_rsa) + TestPki.EncryptedKeyPem(s_rsa, Password)), null, Password),
        ["PEM, a password that is not needed"] = (Text(s_pki.ChainPem(s_ecdsa)), Text(TestPki.KeyPem(s_ecdsa)), Password),
        ["PEM, comments in another encoding, lines of Windows"] = (
            [.. "Größe"u8, .. Encoding.Latin1.GetBytes("Größe\r\n" + (s_pki.ChainPem(s_ecdsa) + TestPki.KeyPem(s_ecdsa)).Replace("\n", "\r\n", StringComparison.Ordinal))],
            null, null),
        ["PFX with a password"] = (Pfx(s_ecdsa, Password), null, Password),
        ["PFX without a password"] = (Pfx(s_ecdsa, null), null, null),
        ["PFX, a password that is not needed"] = (Pfx(s_rsa, null), null, Password),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_certificate_is_read_with_its_key_and_its_chain(string form)
    {
        var (file, keyFile, password) = FormsByName[form];

        var loaded = Read(file, keyFile, password);

        Assert.Equal(["a.example.com"], loaded.Names);
        Assert.True(loaded.Certificate.HasPrivateKey);
        Assert.Same(loaded.Certificate, loaded.Context.TargetCertificate);
        Assert.Equal(["CN=Test intermediate"], loaded.Context.IntermediateCertificates.Select(certificate => certificate.Subject));
    }

    public static TheoryData<string> Faults => [.. FaultsByName.Keys];

    private static Dictionary<string, (byte[] File, byte[]? KeyFile, string? Password, string Key, string Message)> FaultsByName { get; } = new()
    {
        ["empty"] = ([], null, null, "Path", "The file holds no certificate: it is neither PEM nor PFX."),
        ["something else"] = ([1, 2, 3], null, null, "Path", "The file holds no certificate: it is neither PEM nor PFX."),
        ["DER"] = (s_ecdsa.RawData, null, null, "Path", "The file holds no certificate: it is neither PEM nor PFX."),
        ["damaged"] = (Text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), null, null, "Path", "The file holds a certificate that is damaged."),
        ["cut off"] = (Text(s_pki.ChainPem(s_ecdsa)[..200]), null, null, "Path", "The file holds no certificate."),
        ["a key only"] = (Text(TestPki.KeyPem(s_ecdsa)), null, null, "Path", "The file holds no certificate."),
        ["no key"] = (Text(s_pki.ChainPem(s_ecdsa)), null, null, "Path", "The file holds no private key, and there is no 'KeyPath'."),
        ["no key in the key's file"] = (
            Text(s_pki.ChainPem(s_ecdsa)), Text(s_pki.RootPem), null, "KeyPath", "The file holds no private key in PEM form."),
        ["another's key"] = (
            Text(s_pki.ChainPem(s_ecdsa)), Text(TestPki.KeyPem(s_pki.Issue("b"))), null, "KeyPath",
            "The private key is not that of the first certificate, 'CN=a.example.com'."),
        ["a key of another kind"] = (
            Text(s_pki.ChainPem(s_ecdsa) + TestPki.KeyPem(s_rsa)), null, null, "Path",
            "The private key is not that of the first certificate, 'CN=a.example.com'."),
        ["a damaged key"] = (
            Text(s_pki.ChainPem(s_ecdsa)), Text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), null, "KeyPath",
            "The private key is damaged, or neither RSA nor ECDSA."),
        ["a key of a kind that is not known"] = (
            Text(s_pki.ChainPem(s_ecdsa)),
            Text("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIDm2dDpH1RYNcUX5Xn9OqXyJvnqKxXq4xV7aWgQn3Uyl\n-----END PRIVATE KEY-----\n"),
            null, "KeyPath", "The private key is damaged, or neither RSA nor ECDSA."),
        ["a key in OpenSSL's old form"] = (
            Text(s_pki.ChainPem(s_ecdsa)),
            Text("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n"), Password,
            "KeyPath", "The private key is encrypted in OpenSSL's old form; 'openssl pkcs8 -topk8' turns it into PKCS#8."),
        ["an encrypted key without its password"] = (
            Text(s_pki.ChainPem(s_ecdsa)), Text(TestPki.EncryptedKeyPem(s_ecdsa, Password)), null, "Password",
            "The private key is encrypted and needs a password."),
        ["an encrypted key with a wrong password"] = (
            Text(s_pki.ChainPem(s_rsa)), Text(TestPki.EncryptedKeyPem(s_rsa, Password)), "secret", "Password",
            "The password is wrong, or the file is damaged."),
        ["a PFX without its password"] = (Pfx(s_ecdsa, Password), null, null, "Password", "The private key is encrypted and needs a password."),
        ["a PFX with a wrong password"] = (Pfx(s_ecdsa, Password), null, "secret", "Password", "The password is wrong, or the file is damaged."),
        ["a PFX without a key"] = (
            X509CertificateLoader.LoadCertificate(s_ecdsa.RawData).Export(X509ContentType.Pkcs12), null, null, "Path", "The file holds no private key."),
        ["a PFX and the file of a key"] = (
            Pfx(s_ecdsa, null), Text(TestPki.KeyPem(s_ecdsa)), null, "KeyPath", "A PFX file holds its own private key; leave 'KeyPath' out."),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_cannot_be_used_is_an_error_of_the_key_to_put_right(string fault)
    {
        var (file, keyFile, password, key, message) = FaultsByName[fault];

        var error = Assert.Throws<FileFaultException>(() => Read(file, keyFile, password));

        Assert.Equal((key, message), (error.Key, error.Message));
    }

    private static LoadedCertificate Read(byte[] file, byte[]? keyFile, string? password) =>
        CertificateReader.Read(file, keyFile is null ? null : PemFile.TextOf(keyFile), password);

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Pfx(X509Certificate2 certificate, string? password) =>
        new X509Certificate2Collection { certificate, s_pki.Intermediate }.Export(X509ContentType.Pkcs12, password)!;
}
