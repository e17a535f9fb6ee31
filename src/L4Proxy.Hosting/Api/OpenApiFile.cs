using System.Text;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api;

/// <summary>The description of the API. It is made of the operations by a test, committed, and given as it is: only the path that it is served at is put in.</summary>
internal static class OpenApiFile
{
    private const string ServerOfFile = "\"url\": \"/l4proxy/v1\"";

    public static async Task WriteAsync(HttpContext http, string server)
    {
        await using var resource = typeof(OpenApiFile).Assembly.GetManifestResourceStream("openapi.json")!;
        using var reader = new StreamReader(resource);
        var text = await reader.ReadToEndAsync(http.RequestAborted);
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(text.Replace(ServerOfFile, $"\"url\": \"{http.Request.PathBase}{server}\"", StringComparison.Ordinal), Encoding.UTF8, http.RequestAborted);
    }
}
