using System.Globalization;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Providers.Docker;

/// <summary>Reads the values of one route's labels; what is none is said, and nothing instead.</summary>
internal sealed class NativeLabelValues(NativeLabelRoute route, DockerNotes notes)
{
    private static readonly char[] s_separators = [' ', ',', '\t', '\n', '\r'];

    /// <summary>A text that is not empty.</summary>
    public string? Text(string key)
    {
        if (route.Text(key) is { Length: 0 })
            Lost(key, "It is empty: leave it out instead.");
        return route.Text(key);
    }

    /// <summary>Texts with commas or spaces between.</summary>
    public List<string>? List(string key) => Text(key) is { } text ? [.. text.Split(s_separators, StringSplitOptions.RemoveEmptyEntries)] : null;

    /// <summary>A whole number.</summary>
    public int? Number(string key)
    {
        if (route.Text(key) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        Lost(key, $"'{text}' is not a whole number.");
        return null;
    }

    /// <summary>A name of a fixed set, in any case.</summary>
    public T? Name<T>(string key)
        where T : struct, Enum
    {
        return OneOf(key, Enum.GetNames<T>()) is { } name ? Enum.Parse<T>(name) : null;
    }

    /// <summary>One of some texts, in any case.</summary>
    public string? OneOf(string key, IReadOnlyList<string> names)
    {
        if (route.Text(key) is not { } text)
            return null;
        var name = names.FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name is null)
            Lost(key, $"'{text}' is none of {string.Join(", ", names)}{NearestName.Hint(text, names)}");
        return name;
    }

    private void Lost(string key, string message) => notes.Lost($"{route.Label}.{key}", message);
}
