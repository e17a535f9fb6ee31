using System.Buffers;

namespace L4Proxy.Configuration;

/// <summary>The ids of endpoints, routes, clusters and destinations. They appear in paths, URLs and metric tags.</summary>
internal static class ConfigId
{
    /// <summary>The rule, for a message.</summary>
    public const string Rule = "An id has 1 to 128 characters: ASCII letters, digits, '-', '_', '.' and '@', the first a letter or a digit.";

    private const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@");

    /// <summary>Whether a text keeps the rule.</summary>
    public static bool IsValid(string id) =>
        id.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(id[0]) && !id.AsSpan().ContainsAnyExcept(Allowed);
}
