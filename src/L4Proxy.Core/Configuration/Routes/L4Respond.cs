using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>An answer of a route's own.</summary>
public sealed record L4Respond
{
    /// <summary>Its status.</summary>
    /// <value>200 to 599. Default: 200.</value>
    public int? Status { get; init; }

    /// <summary>Its headers; in their values there may stand what may stand in <see cref="L4Redirect.Url"/>, but for groups.</summary>
    /// <value>Default: <c>Content-Type: text/plain; charset=utf-8</c> where there is a <see cref="Body"/>. At most 32.</value>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Its body, in UTF-8, with the same in braces; what a client has sent stands in it percent-encoded, quotes and angle brackets too. A brace is written twice.</summary>
    /// <value>Default: none. At most 65536 characters.</value>
    public string? Body { get; init; }

    /// <summary>Whether the connection ends behind the answer.</summary>
    /// <value>Default: false.</value>
    public bool? Close { get; init; }

    /// <summary>Whether the request is cut off without an answer; nothing else stands beside it.</summary>
    /// <value>Default: false.</value>
    public bool? Abort { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Respond());

        public static readonly DefaultedKey<L4Respond, int> Status = new(Shape, Whole(200, 599), 200, r => r.Status, (r, v) => r with { Status = v });
        public static readonly Key<L4Respond, IReadOnlyDictionary<string, string>> Headers = new(Shape, TextMap, r => r.Headers, (r, v) => r with { Headers = v })
            { Otherwise = "`Content-Type: text/plain; charset=utf-8` where there is a `Body`. At most 32" };
        public static readonly Key<L4Respond, string> Body = new(Shape, AnyText, r => r.Body, (r, v) => r with { Body = v }) { Otherwise = "none. At most 65536 characters" };
        public static readonly DefaultedKey<L4Respond, bool> Close = new(Shape, TrueOrFalse, false, r => r.Close, (r, v) => r with { Close = v });
        public static readonly DefaultedKey<L4Respond, bool> Abort = new(Shape, TrueOrFalse, false, r => r.Abort, (r, v) => r with { Abort = v });
    }
}
