using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>Who may connect, by the real client's address. Deny wins over allow; with an allow list, who is not on it is denied.</summary>
public sealed record L4Firewall
{
    /// <summary>Addresses or CIDR blocks that may connect; a bare address is that one. A client on a Unix socket is on no list.</summary>
    /// <value>Default: everyone. An empty list is an error.</value>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Addresses or CIDR blocks that may not connect.</summary>
    /// <value>Default: nobody.</value>
    public IReadOnlyList<string>? Deny { get; init; }

    /// <summary>
    /// A file with more of <see cref="Allow"/>: an address or a CIDR block a line, with comments behind <c>#</c>. It is watched, and what it says next holds within seconds for
    /// who comes then; what cannot be used changes nothing. A relative path is from the host's content root.
    /// </summary>
    /// <value>Default: none. A file without an address is an error.</value>
    public string? AllowFile { get; init; }

    /// <summary>A file with more of <see cref="Deny"/>, as <see cref="AllowFile"/>; it may be empty.</summary>
    /// <value>Default: none.</value>
    public string? DenyFile { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Firewall());

        public static readonly Key<L4Firewall, IReadOnlyList<string>> Allow = new(Shape, MatchTexts, r => r.Allow, (r, v) => r with { Allow = v })
            { Otherwise = "everyone. An empty list is an error" };
        public static readonly Key<L4Firewall, IReadOnlyList<string>> Deny = new(Shape, TextList, r => r.Deny, (r, v) => r with { Deny = v }) { Otherwise = "nobody" };
        public static readonly Key<L4Firewall, string> AllowFile = new(Shape, AnyText, r => r.AllowFile, (r, v) => r with { AllowFile = v })
            { Otherwise = "none. A file without an address is an error" };
        public static readonly Key<L4Firewall, string> DenyFile = new(Shape, AnyText, r => r.DenyFile, (r, v) => r with { DenyFile = v }) { Otherwise = "none" };
    }
}
