using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace L4Proxy.Names;

/// <summary>A regular expression that takes time linear in what it looks at: what clients send is matched with no other.</summary>
internal static class LinearRegex
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>Compiles one.</summary>
    /// <param name="text">As the user wrote it.</param>
    /// <param name="ignoresCase">Whether upper and lower case are the same to it.</param>
    /// <param name="regex">It.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryCreate(string text, bool ignoresCase, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? error)
    {
        (regex, error) = (null, null);
        try
        {
            regex = ignoresCase ? new Regex(text, Options | RegexOptions.IgnoreCase) : new Regex(text, Options);
        }
        catch (ArgumentException e)
        {
            error = $"'{text}' is not a regular expression: {e.Message}";
        }
        catch (NotSupportedException)
        {
            error = $"'{text}' needs backtracking (look-around, back-references, atomic groups) or is too large; neither is allowed here.";
        }

        return error is null;
    }
}
