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
}
