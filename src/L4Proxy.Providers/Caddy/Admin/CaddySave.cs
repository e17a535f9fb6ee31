using System.Text.Json.Nodes;
using L4Proxy.Configuration;
using L4Proxy.Providers.Following;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Providers.Caddy.Admin;

/// <summary>Keeps the document across restarts, as Caddy's <c>autosave.json</c> with <c>--resume</c>: in a file of this process's user, for it may hold secrets.</summary>
internal sealed class CaddySave
{
    private readonly string? _path;
    private readonly ILogger _log;

    /// <summary>Reads what was kept.</summary>
    /// <param name="path">The file; null keeps nothing.</param>
    /// <param name="log">Hears where it cannot be read or written.</param>
    public CaddySave(string? path, ILogger log)
    {
        (_path, _log) = (path, log);
        if (path is null || !File.Exists(path))
            return;
        try
        {
            Text = File.ReadAllBytes(path);
            First = CaddyTree.Parse(Text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CaddyProblem)
        {
            Text = null;
            log.CaddyDocumentLost(e, path);
        }
    }

    /// <summary>What was kept; null where nothing was.</summary>
    public JsonNode? First { get; private set; }

    /// <summary>The same in UTF-8.</summary>
    public byte[]? Text { get; private set; }

    /// <summary>How long it is, in bytes.</summary>
    public long Length => Text?.Length ?? 0;

    /// <summary>What was kept cannot be used any more, as where it listens on a name that nobody knows: whoever wrote it finds nothing of it, and writes it again.</summary>
    public void Drop(IReadOnlyList<L4ConfigError> errors)
    {
        (First, Text) = (null, null);
        _log.CaddyDocumentLost(new InvalidDataException(string.Join("; ", errors)), _path!);
    }

    /// <summary>Keeps another one: the file is always a whole one.</summary>
    public void Write(byte[] text)
    {
        if (_path is null)
            return;
        try
        {
            PrivateFile.Write(_path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.CaddyDocumentNotKept(e, _path);
        }
    }
}
