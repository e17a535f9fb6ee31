using L4Proxy.Providers;

namespace L4Proxy.Gateway;

/// <summary>Prints what a file of another proxy says, as a file for this gateway, and what of it cannot be said.</summary>
internal static class ConfigImport
{
    // More than anybody writes; what is longer is not read at all.
    private const long MaxLength = 64 << 20;

    /// <summary>Prints the configuration, and on standard error what is lost.</summary>
    /// <returns>0 where everything was carried over, <see cref="GatewayException.Invalid"/> where something would behave otherwise.</returns>
    /// <exception cref="GatewayException">The file cannot be read, or is nothing that is known.</exception>
    public static async Task<int> RunAsync(string path)
    {
        var imported = Read(path, await TextOfAsync(path));
        Console.WriteLine(imported.ToJson());
        foreach (var left in imported.Warnings)
            await Console.Error.WriteLineAsync($"left out: {left}");
        foreach (var lost in imported.Errors)
            await Console.Error.WriteLineAsync($"lost: {lost}");
        return imported.Errors.Count == 0 ? 0 : GatewayException.Invalid;
    }

    private static async Task<string> TextOfAsync(string path)
    {
        try
        {
            return new FileInfo(path).Length > MaxLength ? throw new IOException($"It is longer than {MaxLength} bytes.") : await File.ReadAllTextAsync(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GatewayException(GatewayException.Unusable, [$"{path}: {e.Message}"]);
        }
    }

    /// <summary>Whose file it is is said by what is in it, whatever it is called.</summary>
    private static L4ImportResult Read(string path, string text) => ImportedKinds.Of(text) switch
    {
        ImportedKind.Caddy => L4CaddyImport.Parse(text),
        ImportedKind.Nginx => L4NginxImport.Parse(text),
        ImportedKind.HaProxy => L4HaProxyImport.Parse(text),
        _ => throw new GatewayException(GatewayException.Unusable,
            [$"{path}: it is neither JSON nor options in braces, as Caddy's, nor has it blocks, as nginx's, nor sections, as HAProxy's."]),
    };
}
