using System.Text;
using L4Proxy.Providers.Importing;
using YamlDotNet.Core;

namespace L4Proxy.Providers.Yaml;

/// <summary>One file of YAML, read as JSON is.</summary>
internal static class YamlSource
{
    private const int MaxBytes = 16 << 20;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads one; null where nothing is in it, or where it is wrong, which is said. Nothing that stands in it makes this throw.</summary>
    /// <param name="file">The file's name: what is said begins with it and the line.</param>
    /// <param name="content">What stands in it.</param>
    /// <param name="notes">What is wrong.</param>
    public static SourceObject? Parse(string file, ReadOnlySpan<byte> content, ImportNotes notes)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            if (content.Length > MaxBytes)
                throw new YamlFormatException(0, $"A file has at most {MaxBytes} bytes.");
            return YamlTree.Read(TextOf(content)) is { } root ? SourceObject.Of(YamlJson.Write(root, lines), notes.At(path => PlaceOf(file, path, lines)), ignoresCase: true) : null;
        }
        catch (YamlFormatException e)
        {
            notes.Lost(PlaceOf(file, e.Line), e.Message);
        }
        catch (YamlException e)
        {
            // The end is a line of its own there.
            notes.Lost(PlaceOf(file, Math.Min((int)e.Start.Line, content.Count((byte)'\n') + 1)), $"It is no YAML: {e.Message}");
        }
        // Whatever its parser makes of what is none.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            notes.Lost(file, $"It is no YAML: {e.Message}");
        }
        return null;
    }

    private static string TextOf(ReadOnlySpan<byte> content)
    {
        try
        {
            return s_utf8.GetString(content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content);
        }
        catch (DecoderFallbackException)
        {
            throw new YamlFormatException(0, "It is no text in UTF-8.");
        }
    }

    private static string PlaceOf(string file, int line) => line > 0 ? $"{file}:{line}" : file;

    /// <summary>The file, the line and the path in it. What is missing is on the line of what it is missing in.</summary>
    private static string PlaceOf(string file, string path, Dictionary<string, int> lines)
    {
        var known = path;
        int line;
        while (!lines.TryGetValue(known, out line) && known.Length > 0)
            known = known[..Math.Max(known.LastIndexOfAny(['.', '[']), 0)];
        return path.Length == 0 ? PlaceOf(file, line) : $"{PlaceOf(file, line)} {path}";
    }
}
