namespace L4Proxy.Explaining.Clients;

/// <summary>A client that says always the same.</summary>
internal sealed class FixedClient : ImaginedClient
{
    private readonly byte[] _bytes;
    private readonly int _lengthOfStreams;

    /// <summary>Says these bytes.</summary>
    /// <param name="protocol">Its name.</param>
    /// <param name="bytes">What it says.</param>
    /// <param name="isOfStreams">Whether it speaks over TCP.</param>
    /// <param name="isOfDatagrams">Whether it speaks over UDP.</param>
    /// <param name="lengthOfStreams">How many of the bytes are a length that only a stream has.</param>
    public FixedClient(string protocol, ReadOnlySpan<byte> bytes, bool isOfStreams = true, bool isOfDatagrams = false, int lengthOfStreams = 0)
        : base(protocol) =>
        (_bytes, IsOfStreams, IsOfDatagrams, _lengthOfStreams) = (bytes.ToArray(), isOfStreams, isOfDatagrams, lengthOfStreams);

    public override bool IsOfStreams { get; }

    public override bool IsOfDatagrams { get; }

    public override byte[] Write(ImaginedWords words, bool isDatagram) => isDatagram ? _bytes[_lengthOfStreams..] : _bytes;
}
