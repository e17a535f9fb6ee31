using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>A directive: <c>name argument…;</c>, or a block with others inside.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">What stands behind it.</param>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Children">What is inside; null where it is no block.</param>
internal sealed record NginxDirective(SourceWord Name, IReadOnlyList<string> Arguments, int Line, IReadOnlyList<NginxDirective>? Children)
{
    /// <summary>Its first argument, or nothing.</summary>
    public string First => Arguments.Count > 0 ? Arguments[0] : "";

    /// <summary>How it was written, more or less.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Name.Text));
}
