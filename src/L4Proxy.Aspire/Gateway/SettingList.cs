using System.Collections;
using System.Globalization;

namespace L4Proxy.Aspire.Gateway;

/// <summary>Keys and values of a configuration; what is null is not there.</summary>
internal sealed class SettingList : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _items = [];

    public SettingList Add(string key, string? value)
    {
        if (value is not null)
            _items.Add(new(key, value));
        return this;
    }

    public SettingList Add(string key, bool? value) => Add(key, value switch { true => "true", false => "false", null => null });

    public SettingList Add(string key, long? value) => Add(key, value?.ToString(CultureInfo.InvariantCulture));

    // Constant: the same in every culture, and what configuration reads.
    public SettingList Add(string key, TimeSpan? value) => Add(key, value?.ToString("c", CultureInfo.InvariantCulture));

    public SettingList Add(string key, IReadOnlyList<string>? values)
    {
        for (var i = 0; i < values?.Count; i++)
            Add($"{key}:{i}", values[i]);
        return this;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
