using L4Proxy.Configuration;

namespace L4Proxy.Snapshot;

/// <summary>
/// <see cref="ConfigLoader"/>'s checks for users. A service of its own: DI disposes of what it was asked for last first, and
/// must not take the loader from under the server that waits on it.
/// </summary>
internal sealed class ProvidedConfigValidator(ConfigLoader loader) : IL4ConfigValidator
{
    public L4ConfigReport Validate() => loader.Validate();
}
