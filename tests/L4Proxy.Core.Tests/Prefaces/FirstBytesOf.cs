namespace L4Proxy.Core.Tests.Prefaces;

/// <summary>What a client of a protocol sends first.</summary>
/// <param name="Protocol">Its name in <c>Match:Protocols</c>; its names, separated by blanks, where it is another's kind.</param>
/// <param name="Client">Which one, and how it was asked; or what the bytes are built by.</param>
/// <param name="Bytes">The bytes, or the datagram.</param>
/// <param name="IsDatagram">Whether it is one.</param>
internal sealed record FirstBytesOf(string Protocol, string Client, byte[] Bytes, bool IsDatagram = false)
{
    public string[] Protocols => Protocol.Split(' ');

    public override string ToString() => $"{Protocol}: {Client}";
}
