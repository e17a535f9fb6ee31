namespace L4Proxy.Routing.Conditions;

/// <summary>Lists of texts of a match in the form that connections are compared with.</summary>
internal static class Texts
{
    public delegate bool Form<T>(string text, out T? value, out string? error);

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static T[] Read<T>(IReadOnlyList<string> texts, Form<T> form) =>
        [.. texts.Select(text => form(text, out var value, out var error) ? value! : throw new ArgumentException(error, nameof(texts)))];
}
