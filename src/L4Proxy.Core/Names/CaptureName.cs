using System.Buffers;

namespace L4Proxy.Names;

/// <summary>The syntax of <c>{name}</c>, a part of a server name that a destination's address may repeat.</summary>
internal static class CaptureName
{
    private const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    /// <summary>1 to 64 ASCII letters, digits or underscores. Upper and lower case differ.</summary>
    public static bool IsValid(ReadOnlySpan<char> name) => name.Length is > 0 and <= MaxLength && !name.ContainsAnyExcept(Allowed);
}
