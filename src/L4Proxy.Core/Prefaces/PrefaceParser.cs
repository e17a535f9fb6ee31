namespace L4Proxy.Prefaces;

/// <summary>
/// A protocol that a client's first bytes show. Pure: it never throws, whatever the bytes, and never allocates by a length that they name.
/// To add one is a class and a line of <see cref="PrefaceParsers"/>.
/// </summary>
/// <param name="name">Its name in <c>Match:Protocols</c>.</param>
internal abstract class PrefaceParser(string name)
{
    /// <summary>Its name in <c>Match:Protocols</c>.</summary>
    public string Name => name;

    /// <summary>Whether it is the protocol of another parser once more, for those who want to know more of it.</summary>
    public virtual bool IsForMore => false;

    /// <summary>Whether a stream may begin so.</summary>
    public virtual bool IsOfStreams => true;

    /// <summary>Whether a datagram may be one of it.</summary>
    public virtual bool IsOfDatagrams => false;

    /// <summary>Whether what it says may go on in the flow's next datagrams.</summary>
    public virtual bool GoesOnInOtherDatagrams => false;

    /// <summary>Whether it is this protocol. More bytes take neither <c>Found</c> nor <c>NotMine</c> back.</summary>
    public abstract PrefaceStatus Recognise(ReadOnlySpan<byte> bytes);

    /// <summary>Whether a whole datagram is this protocol, where that looks otherwise than a stream.</summary>
    public virtual PrefaceStatus RecogniseDatagram(ReadOnlySpan<byte> datagram) => Recognise(datagram);

    /// <summary>What it says beyond being what it is, once it is recognised: <c>NotMine</c> if nothing can be read of it.</summary>
    public virtual PrefaceStatus Read(ReadOnlySpan<byte> bytes, out object? content)
    {
        content = null;
        return PrefaceStatus.NotMine;
    }

    /// <summary>The same of a whole datagram.</summary>
    public virtual PrefaceStatus ReadDatagram(ReadOnlySpan<byte> datagram, out object? content) => Read(datagram, out content);

    /// <summary>The same of a flow's first datagrams; only where it <see cref="GoesOnInOtherDatagrams"/>.</summary>
    public virtual PrefaceStatus ReadDatagrams(DatagramList datagrams, out object? content)
    {
        content = null;
        return PrefaceStatus.NotMine;
    }
}
