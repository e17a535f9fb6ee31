using System.Security.Cryptography;

namespace L4Proxy.Dashboard;

/// <summary>A file of the page.</summary>
/// <param name="Name">Its path below the page.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Content">What is in it.</param>
internal sealed record DashboardFile(string Name, string ContentType, byte[] Content)
{
    /// <summary>The page itself, in which two things are put when it is served.</summary>
    public const string Index = "index.html";

    /// <summary>Changes with its content.</summary>
    public string ETag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, 16))}\"";

    /// <summary>All that this assembly carries.</summary>
    public static IEnumerable<DashboardFile> All()
    {
        var assembly = typeof(DashboardFile).Assembly;
        foreach (var name in assembly.GetManifestResourceNames())
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            yield return new(name, TypeOf(name), content);
        }
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
