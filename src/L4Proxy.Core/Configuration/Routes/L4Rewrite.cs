using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>A change of a request's path: exactly one of its keys, <see cref="Regex"/> together with <see cref="With"/>. The query stays.</summary>
public sealed record L4Rewrite
{
    /// <summary>Beginnings of paths: the first of them that the path has is taken away, and a <c>/</c> stays. The destination is told by <c>X-Forwarded-Prefix</c>.</summary>
    public IReadOnlyList<string>? StripPrefix { get; init; }

    /// <summary>An end that is taken away of a path that has it.</summary>
    public string? StripSuffix { get; init; }

    /// <summary>What is put before the path.</summary>
    public string? AddPrefix { get; init; }

    /// <summary>What takes the place of the path: text in which there may stand what may stand in <see cref="L4Redirect.Url"/>, but for groups. Where there is a <c>?</c> in it, the query is new, too.</summary>
    public string? Set { get; init; }

    /// <summary>A non-backtracking regular expression over the path as the client wrote it: what it matches is replaced by <see cref="With"/>.</summary>
    public string? Regex { get; init; }

    /// <summary>What takes its place: text in which the groups are <c>{1}</c> or <c>{name}</c>, beside what may stand in <see cref="Set"/>.</summary>
    /// <value>Default: nothing, so that what <c>Regex</c> matches is taken away.</value>
    public string? With { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Rewrite());

        public static readonly Key<L4Rewrite, IReadOnlyList<string>> StripPrefix = new(Shape, new ListShape<string>(AnyText, SaysNothing), r => r.StripPrefix, (r, v) => r with { StripPrefix = v });
        public static readonly Key<L4Rewrite, string> StripSuffix = new(Shape, AnyText, r => r.StripSuffix, (r, v) => r with { StripSuffix = v });
        public static readonly Key<L4Rewrite, string> AddPrefix = new(Shape, AnyText, r => r.AddPrefix, (r, v) => r with { AddPrefix = v });
        public static readonly Key<L4Rewrite, string> Set = new(Shape, AnyText, r => r.Set, (r, v) => r with { Set = v });
        public static readonly Key<L4Rewrite, string> Regex = new(Shape, AnyText, r => r.Regex, (r, v) => r with { Regex = v });
        public static readonly Key<L4Rewrite, string> With = new(Shape, AnyText, r => r.With, (r, v) => r with { With = v })
            { Otherwise = "nothing, so that what `Regex` matches is taken away" };
    }
}
