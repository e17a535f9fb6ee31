namespace L4Proxy.Files;

/// <summary>What is made of which files: named twice in this way, they are read once.</summary>
/// <param name="Kind">What is made of them.</param>
/// <param name="Path">The first file, as configured.</param>
/// <param name="KeyPath">The second one.</param>
/// <param name="Password">What they are read with.</param>
internal sealed record FileKey(Type Kind, string Path, string? KeyPath = null, string? Password = null)
{
    // Of a record it would print the password.
    public override string ToString() => Path;
}
