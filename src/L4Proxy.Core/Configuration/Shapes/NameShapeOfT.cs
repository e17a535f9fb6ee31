using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Configuration.Shapes;

/// <inheritdoc/>
/// <typeparam name="T">The enumeration.</typeparam>
internal sealed class NameShape<T>(T? @default = null) : NameShape
    where T : struct, Enum
{
    private readonly T[] _values = Enum.GetValues<T>();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = Enum.GetNames<T>();

    /// <inheritdoc/>
    public override object? Default => @default;

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
