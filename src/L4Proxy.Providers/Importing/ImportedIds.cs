namespace L4Proxy.Providers.Importing;

/// <summary>Ids of one kind, made from names.</summary>
internal sealed class ImportedIds
{
    private const int MaxLength = 100;

    // Where HTTP is served, ids that differ in their case alone are the same.
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A name as an id may be: what an id has no room for is a hyphen, and of two that are the same the second has a number.</summary>
    public string Next(string name)
    {
        var text = string.Concat(name.Take(MaxLength).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-'));
        if (text.Length == 0 || !char.IsAsciiLetterOrDigit(text[0]))
            text = "x" + text;
        var id = text;
        while (!_taken.Add(id))
        {
            var number = _numbers.GetValueOrDefault(text, 1) + 1;
            _numbers[text] = number;
            id = $"{text}-{number}";
        }
        return id;
    }
}
