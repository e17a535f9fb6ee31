using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>A line that says something.</summary>
/// <param name="Line">Where it stands, from 1.</param>
/// <param name="Words">What it says, its keyword first.</param>
internal sealed record HaProxyLine(int Line, IReadOnlyList<SourceWord> Words)
{
    /// <summary>Its keyword.</summary>
    public string Keyword => Words[0].Text;

    /// <summary>A word, or nothing.</summary>
    public string this[int index] => index < Words.Count ? Words[index].Text : "";

    /// <summary>How it was written, more or less.</summary>
    public override string ToString() => string.Join(' ', Words.Select(word => word.Text));
}
