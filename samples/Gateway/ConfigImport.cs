using L4Proxy.Providers;

namespace L4Proxy.Gateway;

/// <summary>Prints what a file of another proxy says, as a file for this gateway, and what of it cannot be said.</summary>
internal static class ConfigImport
{
    /// <summary>Prints the configuration, and on standard error what is lost.</summary>
    /// <returns>0 where everything was carried over, <see cref="GatewayException.Invalid"/> where something would behave otherwise.</returns>
    /// <exception cref="GatewayException">The file cannot be read, or is nothing that is known.</exception>
    public static async Task<int> RunAsync(string path)
    {
        if (Path.GetExtension(path) is not (".json" or ".JSON"))
            throw new GatewayException(GatewayException.Unusable, [$"{path}: only Caddy's JSON is read so far, a file called *.json. From a Caddyfile: caddy adapt --config Caddyfile > caddy.json"]);
        byte[] text;
        try
        {
            text = await File.ReadAllBytesAsync(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GatewayException(GatewayException.Unusable, [$"{path}: {e.Message}"]);
        }
        var imported = L4CaddyImport.ParseJson(text);
        Console.WriteLine(imported.ToJson());
        foreach (var left in imported.Warnings)
            await Console.Error.WriteLineAsync($"left out: {left}");
        foreach (var lost in imported.Errors)
            await Console.Error.WriteLineAsync($"lost: {lost}");
        return imported.Errors.Count == 0 ? 0 : GatewayException.Invalid;
    }
}
