using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>
/// Caddy's admin API, as agents call it. Two differences, both on purpose: what is not there is <c>200 null</c> also where its parent is not there, and a write makes what parents are
/// missing. And a whole document is put together with what others have written since its writer read one.
/// </summary>
internal sealed class CaddyAdmin(CaddyDocument document, CaddyReads reads)
{
    private const string Json = "/json";

    /// <summary><c>/config/[path]</c>.</summary>
    public Task ConfigAsync(HttpContext http, string path) => ServeAsync(http, SegmentsOf(path));

    /// <summary><c>/id/{id}/[path]</c>.</summary>
    public Task IdAsync(HttpContext http, string path)
    {
        var segments = SegmentsOf(path);
        if (segments.Count == 0)
            throw new CaddyProblem(StatusCodes.Status400BadRequest, "request path is missing object ID");
        var found = CaddyTree.FindId(document.Current, segments[0]) ?? throw new CaddyProblem(StatusCodes.Status404NotFound, $"unknown object ID '{segments[0]}'");
        return ServeAsync(http, [.. found, .. segments.Skip(1)]);
    }

    /// <summary><c>/load</c>: a whole document.</summary>
    public async Task LoadAsync(HttpContext http)
    {
        if (http.Request.Method != HttpMethods.Post)
            throw new CaddyProblem(StatusCodes.Status405MethodNotAllowed, "method not allowed");
        if (http.Request.ContentType is { Length: > 0 } type && !type.Contains(Json, StringComparison.OrdinalIgnoreCase))
            throw new CaddyProblem(StatusCodes.Status400BadRequest, $"unrecognized config adapter for '{type}': L4Proxy is given JSON");
        var (value, length) = await ReadAsync(http);
        await WriteWholeAsync(http, value, length);
    }

    private Task ServeAsync(HttpContext http, IReadOnlyList<string> path) =>
        HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) ? GetAsync(http, path) : WriteAsync(http, path);

    private async Task GetAsync(HttpContext http, IReadOnlyList<string> path)
    {
        var current = document.Current;
        var value = CaddyTree.Find(current, path);
        if (path.Count == 0)
            reads.Add(ClientOf(http), current, document.Length);
        var text = JsonSerializer.SerializeToUtf8Bytes(value);
        http.Response.ContentType = "application/json";
        http.Response.Headers.ETag = $"\"{http.Request.Path} {CaddyTree.HashOf(text)}\"";
        await http.Response.Body.WriteAsync(text, http.RequestAborted);
        await http.Response.Body.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
    }

    private async Task WriteAsync(HttpContext http, IReadOnlyList<string> path)
    {
        var method = http.Request.Method;
        if (method is not ("POST" or "PUT" or "PATCH" or "DELETE"))
            throw new CaddyProblem(StatusCodes.Status405MethodNotAllowed, "method not allowed");
        var (value, length) = method == "DELETE" ? (null, 0) : await ReadAsync(http, mustBeJson: true);
        if (path.Count == 0 && method != "DELETE")
            await WriteWholeAsync(http, value, length);
        else
            await document.WriteAsync(current => IfMatched(http, current, path.Count == 0 ? null : CaddyTree.Edit(current, path, method, value)), http.RequestAborted);
    }

    private async Task WriteWholeAsync(HttpContext http, JsonNode? wanted, long length)
    {
        var client = ClientOf(http);
        // Who says what was read says all; else it is found out.
        var isExact = http.Request.Headers.IfMatch.Count > 0;
        await document.WriteAsync(
            current => IfMatched(http, current, isExact ? wanted : CaddyMerge.Merge(reads.FindSeen(client), wanted, current)), http.RequestAborted);
        reads.Written(client, wanted, length);
    }

    private static JsonNode? IfMatched(HttpContext http, JsonNode? current, JsonNode? after)
    {
        if (http.Request.Headers.IfMatch is not [{ } wanted, ..])
            return after;
        var parts = wanted.Trim().Trim('"').Split(' ');
        if (parts.Length != 2 || !parts[0].StartsWith("/config", StringComparison.Ordinal))
            throw new CaddyProblem(StatusCodes.Status400BadRequest, "malformed If-Match header; expect format \"<path> <hash>\"");
        if (parts[1] != CaddyTree.HashOf(CaddyTree.Find(current, SegmentsOf(parts[0]["/config".Length..]))))
            throw new CaddyProblem(StatusCodes.Status412PreconditionFailed, $"If-Match header did not match current config hash of {parts[0]}");
        return after;
    }

    private static async Task<(JsonNode? Value, long Length)> ReadAsync(HttpContext http, bool mustBeJson = false)
    {
        if (mustBeJson && http.Request.ContentType?.Contains(Json, StringComparison.OrdinalIgnoreCase) != true)
            throw new CaddyProblem(StatusCodes.Status400BadRequest, $"unacceptable content-type: {http.Request.ContentType}; 'application/json' required");
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return (CaddyTree.Parse(body.GetBuffer().AsSpan(0, (int)body.Length)), body.Length);
    }

    // Nothing is allowed by it: who says to be somebody else only has his own work put together wrongly.
    private static string ClientOf(HttpContext http) =>
        CaddyTree.HashOf($"{http.Connection.RemoteIpAddress} {http.Request.Headers.Authorization} {http.Request.Headers["X-Forwarded-For"]}");

    private static IReadOnlyList<string> SegmentsOf(string path) => [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
}
