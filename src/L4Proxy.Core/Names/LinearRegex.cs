using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace L4Proxy.Names;

/// <summary>A regular expression that takes time linear in what it looks at: what clients send is matched with no other.</summary>
internal static class LinearRegex
{
    /// <summary>Compiles one.</summary>
    /// <param name="text">As the user wrote it.</param>
    /// <param name="options">Beside those that every one has.</param>
    /// <param name="regex">It.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryCreate(string text, RegexOptions options, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? error)
    {
        (regex, error) = (null, null);
        try
        {
            regex = new Regex(text, options | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
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
