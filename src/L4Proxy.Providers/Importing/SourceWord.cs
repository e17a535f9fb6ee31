namespace L4Proxy.Providers.Importing;

/// <summary>A word of somebody's configuration, without its quotes and escapes.</summary>
/// <param name="Text">It.</param>
/// <param name="Line">Where it stands, from 1.</param>
/// <param name="IsQuoted">Whether it has, or is, something in quotes.</param>
internal readonly record struct SourceWord(string Text, int Line, bool IsQuoted = false);
