using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Configuration.Shapes;

/// <inheritdoc/>
/// <typeparam name="T">The enumeration.</typeparam>
/// <param name="lowerCase">Whether the names are usually written in lower case, as those of protocols.</param>
internal sealed class NameShape<T>(bool lowerCase = false) : NameShape
    where T : struct, Enum
{
    private readonly T[] _values = Enum.GetValues<T>();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } =
        lowerCase ? Array.ConvertAll(Enum.GetNames<T>(), name => name.ToLowerInvariant()) : Enum.GetNames<T>();

    /// <inheritdoc/>
    public override IEnumerable<object> Values => _values.Cast<object>();

    /// <inheritdoc/>
    public override string NameOf(object value) =>
        Array.IndexOf(_values, (T)value) is >= 0 and var index ? Names[index] : value.ToString() ?? "";

    /// <inheritdoc/>
    protected override object? Parse(string text)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i].Equals(text, StringComparison.OrdinalIgnoreCase))
                return _values[i];
        }

        return null;
    }

    /// <inheritdoc/>
    public override bool IsAllowed(object value, [NotNullWhen(false)] out string? error)
    {
        error = Enum.IsDefined((T)value) ? null : Explain(value.ToString() ?? "");
        return error is null;
    }
}
