namespace L4Proxy.Explaining.Clients;

/// <summary>Writes what a client of one protocol says first. To add one is a class, or one line for what says always the same, in <see cref="ImaginedClients"/>.</summary>
/// <param name="protocol">Its name in <c>Match:Protocols</c>.</param>
/// <param name="keys">What it can be told, as <see cref="L4ImaginedConnection.Says"/> names it.</param>
internal abstract class ImaginedClient(string protocol, params string[] keys)
{
    public string Protocol => protocol;

    public IReadOnlyList<string> Keys => keys;

    public virtual bool IsOfStreams => true;

    public virtual bool IsOfDatagrams => false;

    /// <summary>The bytes of a stream, or a datagram.</summary>
    /// <exception cref="FormatException">A value cannot be said.</exception>
    public abstract byte[] Write(ImaginedWords words, bool isDatagram);
}
