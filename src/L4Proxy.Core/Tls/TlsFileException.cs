namespace L4Proxy.Tls;

/// <summary>A certificate or an authority that cannot be used as it stands in its files.</summary>
/// <param name="key">The key of the configuration to put right, such as <c>KeyPath</c>.</param>
/// <param name="message">What is wrong; says nothing of a password or a key.</param>
internal sealed class TlsFileException(string key, string message) : Exception(message)
{
    /// <summary>The key of the configuration to put right.</summary>
    public string Key => key;
}
