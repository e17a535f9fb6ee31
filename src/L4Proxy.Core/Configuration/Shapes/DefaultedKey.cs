using System.Runtime.CompilerServices;

namespace L4Proxy.Configuration.Shapes;

/// <summary>A key that always has a value: the given one or the default. The run time asks it, and never the property.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <typeparam name="V">What it has there.</typeparam>
internal sealed class DefaultedKey<T, V>(
    RecordShape record, ConfigShape shape, V @default, Func<T, object?> get, Func<T, V, T> set, [CallerMemberName] string name = "")
    : Key<T, V>(record, shape, get, set, name)
    where T : class
    where V : notnull
{
    /// <inheritdoc/>
    public override object Default => @default;

    /// <summary>What holds where a record says this; null is not given either.</summary>
    public V Of(T? record) => record is not null && Get(record) is V value ? value : @default;

    /// <summary>The same where another record is asked before the default.</summary>
    public V Of(T? record, T? next) => record is not null && Get(record) is V value ? value : Of(next);
}
