using System.Net;

namespace L4Proxy.Explaining.Captures;

/// <summary>What a client sent first in a capture.</summary>
/// <param name="Client">Who.</param>
/// <param name="Server">To whom.</param>
/// <param name="Pieces">The beginning of a stream in one piece, or datagrams.</param>
internal sealed record CapturedFlow(IPEndPoint Client, IPEndPoint Server, IReadOnlyList<ReadOnlyMemory<byte>> Pieces);
