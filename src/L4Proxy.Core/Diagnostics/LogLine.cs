namespace L4Proxy.Diagnostics;

/// <summary>Something that waits in a <see cref="LogQueue"/>.</summary>
internal abstract class LogLine
{
    /// <summary>Writes it, however long that takes.</summary>
    public abstract void Write();
}
