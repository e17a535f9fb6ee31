using System.Buffers;
using L4Proxy.Configuration;

namespace L4Proxy.Providers.Http;

/// <summary>What is changed of the headers of a route's requests and answers: it stands in the <see cref="L4Route.Metadata"/>, where YARP's transforms find it.</summary>
internal static class HeaderChanges
{
    /// <summary>What such a key begins with: <c>L4Proxy.Request.Set.X-Name</c>.</summary>
    public const string Request = "L4Proxy.Request.", Response = "L4Proxy.Response.";

    /// <summary>What is done with a header.</summary>
    public const string Set = "Set.", Add = "Add.", Remove = "Remove.";

    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> s_token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Puts one into a route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="of">Of requests or of answers.</param>
    /// <param name="change">What is done.</param>
    /// <param name="name">The header.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Whether it is a header that can be sent. <c>Host</c> is not changed.</returns>
    public static bool TryPut(ref L4Route route, string of, string change, string name, string value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(s_token) || value.Any(char.IsControl) || name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            return false;
        route = route with { Metadata = new Dictionary<string, string>(route.Metadata ?? new Dictionary<string, string>()) { [$"{of}{change}{name}"] = value } };
        return true;
    }
}
