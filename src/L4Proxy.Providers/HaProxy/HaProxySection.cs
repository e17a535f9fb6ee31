namespace L4Proxy.Providers.HaProxy;

/// <summary>A section: what stands between one of the words that begin one and the next.</summary>
/// <param name="Head">The line that begins it.</param>
/// <param name="Lines">The others.</param>
internal sealed record HaProxySection(HaProxyLine Head, List<HaProxyLine> Lines)
{
    /// <summary>What kind it is, as <c>frontend</c>.</summary>
    public string Kind => Head.Keyword;

    /// <summary>Its name, or nothing.</summary>
    public string Name => Head[1] == "from" && Kind == "defaults" ? "" : Head[1];

    /// <summary>The named defaults that it builds on; empty where it names none.</summary>
    public string From => Head.Words.Select(word => word.Text).SkipWhile(word => word != "from").Skip(1).FirstOrDefault("");
}
