using System.Numerics;

namespace L4Proxy.Routing.Conditions;

/// <summary>A list of texts with <c>*</c>, any of which is to fit.</summary>
internal sealed class TextGlobs
{
    private readonly TextGlob[] _globs;

    private TextGlobs(IReadOnlyList<string> texts) => _globs = [.. texts.Select(text => new TextGlob(text))];

    /// <summary>Those of a list that is given.</summary>
    public static TextGlobs? Read(IReadOnlyList<string>? texts) => texts is null ? null : new(texts);

    /// <summary>Whether what fits one fits the other. Compared as they are written; null fits everything.</summary>
    public static bool Imply(TextGlobs? fewer, TextGlobs? more) => more is null
        || (fewer is not null && Array.TrueForAll(fewer._globs, one => Array.Exists(more._globs, other => other.ToString() == one.ToString())));

    /// <summary>Whether any fits.</summary>
    public bool Matches(string text) => Matches(text.AsSpan());

    /// <inheritdoc cref="Matches(string)"/>
    public bool Matches<T>(ReadOnlySpan<T> text)
        where T : IBinaryInteger<T>
    {
        foreach (var glob in _globs)
        {
            if (glob.Matches(text))
                return true;
        }
        return false;
    }
}
