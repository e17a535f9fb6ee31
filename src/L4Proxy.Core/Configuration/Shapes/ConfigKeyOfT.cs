using System.Runtime.CompilerServices;

namespace L4Proxy.Configuration.Shapes;

/// <inheritdoc/>
/// <typeparam name="T">The record.</typeparam>
/// <param name="name">Its name, as the record spells it.</param>
/// <param name="shape">What may stand there.</param>
/// <param name="get">What a record has there.</param>
/// <param name="set">The record with a value there.</param>
internal sealed class ConfigKey<T>(string name, Func<ConfigShape> shape, Func<T, object?> get, Func<T, object, T> set)
    : ConfigKey(name, shape)
    where T : class
{
    /// <summary>A key whose shape is at hand.</summary>
    public ConfigKey(string name, ConfigShape shape, Func<T, object?> get, Func<T, object, T> set)
        : this(name, () => shape, get, set)
    {
    }

    // Called a million times at a cold start, before the runtime would compile it for speed.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override object? Get(object record) => get((T)record);

    /// <inheritdoc/>
    public override object Set(object record, object value) => set((T)record, value);
}
