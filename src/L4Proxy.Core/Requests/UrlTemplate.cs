using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Requests;

/// <summary>Text with parts of a request in braces. What a client has sent is put in encoded (<see cref="UrlText"/>).</summary>
internal sealed class UrlTemplate
{
    // What is made of one text and of one request is bounded by both.
    private const int MaxPlaceholders = 32;
    private const int MaxLabel = 126;
    private const string Label = "label.";

    private static readonly string[] s_names = ["scheme", "host", "authority", "uri", "path", "query"];

    private readonly List<Piece> _pieces;

    private UrlTemplate(List<Piece> pieces) => _pieces = pieces;

    /// <summary>What it begins with, whatever is asked for.</summary>
    public string Beginning => _pieces is [{ Name: null } first, ..] ? first.Text : "";

    /// <summary>Whether it has a query of its own.</summary>
    public bool HasQuery => _pieces.Exists(piece => piece.Name is null ? piece.Text.Contains('?', StringComparison.Ordinal) : piece.Name == "uri");

    /// <summary>Whether it is the same for every request.</summary>
    public bool IsFixed => _pieces.TrueForAll(piece => piece.Name is null);

    /// <summary>Reads one.</summary>
    /// <param name="text">It.</param>
    /// <param name="groups">Names of groups of an expression that may stand in it.</param>
    /// <param name="value">It, read.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryParse(string text, IReadOnlyList<string> groups, [NotNullWhen(true)] out UrlTemplate? value, [NotNullWhen(false)] out string? error)
    {
        (value, error) = (null, null);
        var pieces = new List<Piece>();
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length && error is null; at++)
        {
            if (text[at] is not ('{' or '}'))
            {
                plain.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == text[at])
            {
                plain.Append(text[at++]);
            }
            else if (text[at] == '}' || text.IndexOf('}', at) is not (> 0 and var end))
            {
                error = "It has a single brace: one that is meant is written twice.";
            }
            else
            {
                if (plain.Length > 0)
                    pieces.Add(new(plain.ToString(), null));
                plain.Clear();
                var name = text[(at + 1)..end];
                pieces.Add(Read(name, groups, out error));
                at = end;
            }
        }
        if (plain.Length > 0)
            pieces.Add(new(plain.ToString(), null));
        if (error is null && pieces.Count(piece => piece.Name is not null) > MaxPlaceholders)
            error = $"At most {MaxPlaceholders} parts of a request may stand in it.";
        value = error is null ? new(pieces) : null;
        return error is null;
    }

    /// <summary>Appends what it is for a request.</summary>
    public void Append(StringBuilder to, in RequestUrl url, Match? match = null)
    {
        foreach (var piece in _pieces)
        {
            switch (piece.Name)
            {
                case null:
                    to.Append(piece.Text);
                    break;
                case Group:
                    UrlText.Append(to, match!.Groups[piece.Text].ValueSpan);
                    break;
                case "scheme":
                    to.Append(url.Scheme);
                    break;
                case "host":
                    UrlText.AppendAuthority(to, url.Host);
                    break;
                case "authority":
                    UrlText.AppendAuthority(to, url.Authority);
                    break;
                case "uri":
                    UrlText.Append(to, url.Target);
                    break;
                case "path":
                    UrlText.Append(to, url.Path);
                    break;
                case "query":
                    UrlText.Append(to, url.Query);
                    break;
                default:
                    UrlText.AppendAuthority(to, url.Label(piece.Number));
                    break;
            }
        }
    }

    /// <summary>What it is for a request.</summary>
    public string Expand(in RequestUrl url, Match? match = null)
    {
        var text = new StringBuilder();
        Append(text, url, match);
        return text.ToString();
    }

    private const string Group = "";

    private static Piece Read(string name, IReadOnlyList<string> groups, out string? error)
    {
        error = null;
        if (groups.Contains(name))
            return new(name, Group);
        if (Array.IndexOf(s_names, name) is >= 0 and var known)
            return new("", s_names[known]);
        if (name.StartsWith(Label, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Label.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxLabel)
            return new("", Label, number);
        error = $"There is no {Quote.Text($"{{{name}}}")} here{NearestName.Hint(name, [.. s_names, "label.0", .. groups])}";
        return default;
    }

    /// <summary>Text as it is written, or a part of the request.</summary>
    private readonly record struct Piece(string Text, string? Name, int Number = 0);
}
