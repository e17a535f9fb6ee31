using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Tls;

/// <summary>A certificate and its key in two files that are replaced as programs replace them.</summary>
internal sealed class CertificateFiles(TempDirectory directory, CertificateFiles.Way way)
{
    private const string CertificateName = "tls.crt";
    private const string KeyName = "tls.key";

    private int _version;

    /// <summary>How they are replaced.</summary>
    internal enum Way
    {
        /// <summary>Written over, one after the other.</summary>
        InPlace,

        /// <summary>Each written aside, and renamed.</summary>
        Rename,

        /// <summary>Each a link that is replaced, as certbot does.</summary>
        Links,

        /// <summary>In a directory that is a link, which is replaced, as Kubernetes does.</summary>
        DirectoryLink,
    }

    public string CertificatePath => Path.Combine(directory.Path, Folder, CertificateName);

    public string KeyPath => Path.Combine(directory.Path, Folder, KeyName);

    private string Folder => way == Way.DirectoryLink ? "live" : "";

    /// <summary>Replaces both.</summary>
    public async Task ReplaceAsync(ServerCertificate certificate, CancellationToken cancellation)
    {
        _version++;
        if (way != Way.DirectoryLink)
        {
            await ReplaceFileAsync(certificate.CertificatePath, CertificatePath, cancellation);
            await ReplaceFileAsync(certificate.KeyPath, KeyPath, cancellation);
            return;
        }

        var folder = Directory.CreateDirectory(directory.File($"v{_version}")).FullName;
        File.Copy(certificate.CertificatePath, Path.Combine(folder, CertificateName));
        File.Copy(certificate.KeyPath, Path.Combine(folder, KeyName));
        await LinkAsync(folder, directory.File(Folder), cancellation);
    }

    private async Task ReplaceFileAsync(string source, string target, CancellationToken cancellation)
    {
        switch (way)
        {
            case Way.InPlace:
                await File.WriteAllTextAsync(target, await File.ReadAllTextAsync(source, cancellation), cancellation);
                break;
            case Way.Rename:
                File.Copy(source, target + ".new");
                File.Move(target + ".new", target, overwrite: true);
                break;
            default:
                var archived = $"{target}.{_version}";
                File.Copy(source, archived);
                await LinkAsync(archived, target, cancellation);
                break;
        }
    }

    // Only mv can rename a link over a link to a directory.
    private static async Task LinkAsync(string target, string link, CancellationToken cancellation)
    {
        (await RunningProgram.RunAsync("ln", ["-s", target, link + ".new"], cancellation)).Succeeded();
        (await RunningProgram.RunAsync("mv", ["-T", link + ".new", link], cancellation)).Succeeded();
    }
}
