using System.Runtime.CompilerServices;

namespace L4Proxy.Configuration.Shapes;

/// <summary>A key that has no fixed default: the run time reads the property.</summary>
/// <typeparam name="T">The record.</typeparam>
/// <typeparam name="V">What it has there.</typeparam>
internal class Key<T, V> : ConfigKey
    where T : class
    where V : notnull
{
    private readonly Func<T, object?> _get;
    private readonly Func<T, V, T> _set;

    /// <summary>The next key of a record.</summary>
    public Key(RecordShape record, ConfigShape shape, Func<T, object?> get, Func<T, V, T> set, [CallerMemberName] string name = "")
        : base(name, shape)
    {
        (_get, _set) = (get, set);
        record.Add(this);
    }

    // Called a million times at a cold start, before the runtime would compile it for speed.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public sealed override object? Get(object record) => _get((T)record);

    /// <inheritdoc/>
    public sealed override object Set(object record, object value) => _set((T)record, (V)value);
}
