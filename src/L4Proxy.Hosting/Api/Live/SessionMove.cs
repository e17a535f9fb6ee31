namespace L4Proxy.Api.Live;

/// <summary>What a connection or flow has moved since it was looked at before.</summary>
/// <param name="Session">It.</param>
/// <param name="Up">Bytes from the client.</param>
/// <param name="Down">Bytes to the client.</param>
internal readonly record struct SessionMove(L4SessionInfo Session, long Up, long Down);
