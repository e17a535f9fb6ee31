using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>
/// Sends clients elsewhere. A request that would be sent back to where it is, at once or by way of other routes here, is not redirected: it goes on to the route's answer or cluster, else it is 404.
/// </summary>
public sealed record L4Redirect
{
    /// <summary>
    /// The URL: text with <c>{scheme}</c>, <c>{host}</c>, <c>{authority}</c>, <c>{uri}</c>, <c>{path}</c>, <c>{query}</c> and <c>{label.N}</c> of the request, and the groups of <see cref="Regex"/>.
    /// A brace is written twice. Must be given.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>What is answered.</summary>
    /// <value>301 to 308; 301 and 302 are 308 and 307 for what is neither GET nor HEAD, which stays what it is. Default: 302.</value>
    public int? Status { get; init; }

    /// <summary>
    /// A non-backtracking regular expression over the whole URL that was asked for, as <c>http://a.example.com/b?c</c>. Only what it matches is redirected, and what it matches of the URL is replaced by <see cref="Url"/>, in which
    /// its groups are <c>{1}</c> or <c>{name}</c>.
    /// </summary>
    /// <value>Default: every request.</value>
    public string? Regex { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Redirect(), shorthand: nameof(L4Redirect.Url));

        public static readonly Key<L4Redirect, string> Url = new(Shape, AnyText, r => r.Url, (r, v) => r with { Url = v });
        public static readonly DefaultedKey<L4Redirect, int> Status = new(Shape, Whole(301, 308), 302, r => r.Status, (r, v) => r with { Status = v })
            { Note = "301 and 302 are 308 and 307 for what is neither GET nor HEAD, which stays what it is" };
        public static readonly Key<L4Redirect, string> Regex = new(Shape, AnyText, r => r.Regex, (r, v) => r with { Regex = v }) { Otherwise = "every request" };
    }
}
