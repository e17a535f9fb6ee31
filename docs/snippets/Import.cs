using L4Proxy.Providers;

namespace Snippets;

/// <summary>Somebody else's configuration.</summary>
internal static class Import
{
    public static async Task PrintAsync()
    {
        var imported = L4NginxImport.Parse(await File.ReadAllTextAsync("nginx.conf"));   // L4HaProxyImport.Parse, L4CaddyImport.ParseJson
        Console.WriteLine(imported.ToJson());            // a file for the section L4Proxy
        foreach (var lost in imported.Errors)            // what would behave otherwise
            Console.Error.WriteLine(lost);
    }

    public static L4ImportResult Traefik()
    {
        var files = Directory.EnumerateFiles("/etc/traefik/dynamic").Select(path =>
            KeyValuePair.Create(Path.GetFileName(path), new ReadOnlyMemory<byte>(File.ReadAllBytes(path))));
        var entryPoints = new Dictionary<string, string> { ["web"] = "80", ["tcp"] = "10000-10099" };
        return L4TraefikImport.Parse(files, new L4TraefikOptions { EntryPoints = entryPoints });
    }
}
