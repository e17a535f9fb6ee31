using System.Security.Cryptography;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Providers.Following;

namespace L4Proxy.Providers.ExpectedState;

/// <summary>What is kept of expected states, for the user of the process alone: the last that was good, and certificates.</summary>
/// <param name="path">The file of the state; null keeps nothing.</param>
internal sealed class ExpectedStateFiles(string? path)
{
    private const string CertificatesSuffix = ".certificates";

    /// <summary>The last that was good; null where there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public byte[]? Read() => path is not null && File.Exists(path) ? File.ReadAllBytes(path) : null;

    /// <summary>Keeps a state that is good.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(byte[] state)
    {
        if (path is not null)
            PrivateFile.Write(path, state);
    }

    /// <summary>Writes a certificate where it can be read from; null where there is no place for it, or it cannot be written.</summary>
    public L4Certificate? Keep(string domain, string certificate, string key)
    {
        if (path is null)
            return null;
        try
        {
            var directory = Directory.CreateDirectory(path + CertificatesSuffix).FullName;
            // One file with both: a certificate without its key is never seen. Its name says nothing that could leave the directory.
            var file = Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(domain.ToUpperInvariant())).AsSpan(0, 16)) + ".pem");
            var text = Encoding.UTF8.GetBytes($"{certificate.TrimEnd()}\n{key.TrimEnd()}\n");
            if (!File.Exists(file) || !File.ReadAllBytes(file).AsSpan().SequenceEqual(text))
                PrivateFile.Write(file, text);
            return new() { Path = file };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
