using System.Numerics;

namespace L4Proxy.Routing.Conditions;

/// <summary>A text in which <c>*</c> stands for any characters, compared ordinally.</summary>
internal sealed class TextGlob(string pattern)
{
    /// <summary>Whether all of the text fits: characters, or bytes that are Latin-1.</summary>
    public bool Matches<T>(ReadOnlySpan<T> text)
        where T : IBinaryInteger<T>
    {
        var (at, next) = (0, 0);
        // Behind the last star, and the text that it has to end before: only the last one ever needs another try.
        var (star, retry) = (-1, 0);
        while (at < text.Length)
        {
            if (next < pattern.Length && pattern[next] == '*')
            {
                (star, retry) = (++next, at);
            }
            else if (next < pattern.Length && pattern[next] == ushort.CreateTruncating(text[at]))
            {
                next++;
                at++;
            }
            else if (star >= 0)
            {
                (next, at) = (star, ++retry);
            }
            else
            {
                return false;
            }
        }
        return pattern.AsSpan(next).TrimStart('*').IsEmpty;
    }

    public override string ToString() => pattern;
}
