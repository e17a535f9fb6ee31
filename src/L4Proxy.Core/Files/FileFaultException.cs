namespace L4Proxy.Files;

/// <summary>A file that cannot be used as it stands.</summary>
/// <param name="key">The key of the configuration to put right, such as <c>KeyPath</c>.</param>
/// <param name="message">What is wrong; says nothing of a password or a key.</param>
internal sealed class FileFaultException(string key, string message) : Exception(message)
{
    /// <summary>The key of the configuration to put right.</summary>
    public string Key => key;
}
