using System.Text.Json;
using System.Text.Json.Nodes;
using L4Proxy.Configuration;
using L4Proxy.Providers.Following;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>The document that clients of Caddy's admin API write: what of it can be served is in force, and all of it is given back.</summary>
/// <param name="provider">Says what it is here.</param>
/// <param name="config">Puts it into force.</param>
/// <param name="ports">Says what cannot be listened on.</param>
/// <param name="saved">Keeps it.</param>
internal sealed class CaddyDocument(FollowedProvider provider, FollowedConfig config, CaddyPorts ports, CaddySave saved) : IDisposable
{
    private const string Loading = "loading config: ";

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Held _current = new(saved.First, saved.First is null ? 0 : saved.Length);

    /// <summary>It. Nobody changes it.</summary>
    public JsonNode? Current => _current.Root;

    /// <summary>How long it is, in bytes.</summary>
    public long Length => _current.Length;

    /// <summary>Writes it: all or nothing, and in force when this completes.</summary>
    /// <param name="change">Makes the new one of what there is.</param>
    /// <param name="cancellationToken">Nobody waits for it any longer.</param>
    /// <exception cref="CaddyProblem">It cannot be used; what was there goes on.</exception>
    public async Task WriteAsync(Func<JsonNode?, JsonNode?> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var before = _current.Root;
            var after = change(before);
            if (JsonNode.DeepEquals(before, after))
                return;
            if (CaddyTree.FindTwin(after) is { } twin)
                throw new CaddyProblem(StatusCodes.Status400BadRequest, $"indexing config: duplicate ID '{twin}' found");
            var text = JsonSerializer.SerializeToUtf8Bytes(after);
            // From here on it is done to its end, whoever waits for it.
            await ApplyAsync(after is null ? "{}"u8.ToArray() : text);
            _current = new(after, text.Length);
            saved.Write(text);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task ApplyAsync(byte[] text)
    {
        var imported = L4CaddyImport.ParseJson(text, CaddyNames.Resolver());
        if (imported.Errors.Count > 0)
            throw Refused(imported.Errors);
        if (ports.FindHeld(imported.Config, provider.GetConfig().Config) is { } held)
            throw new CaddyProblem(StatusCodes.Status400BadRequest, Loading + held);
        if (await config.OfferAsync(imported, CancellationToken.None) is { Count: > 0 } errors)
            throw Refused(errors);
    }

    private static CaddyProblem Refused(IReadOnlyList<L4ConfigError> errors) =>
        new(StatusCodes.Status400BadRequest, Loading + string.Join("; ", errors.Take(20).Select(error => error.ToString())));

    private sealed record Held(JsonNode? Root, long Length);
}
