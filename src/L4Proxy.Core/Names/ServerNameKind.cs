namespace L4Proxy.Names;

/// <summary>The forms of a condition on the server name, the least specific first: a higher value wins.</summary>
internal enum ServerNameKind
{
    /// <summary>No condition: also connections that are not TLS.</summary>
    Unconditional,

    /// <summary>The empty text: TLS without a server name.</summary>
    NoName,

    /// <summary><c>*</c>: any name.</summary>
    AnyName,

    /// <summary>A regular expression.</summary>
    Regex,

    /// <summary><c>*.suffix</c> or <c>{**name}.suffix</c>: one or more labels before the suffix.</summary>
    Suffix,

    /// <summary><c>{name}.suffix</c>: exactly one label for each capture.</summary>
    Labels,

    /// <summary>The name itself.</summary>
    Exact,
}
