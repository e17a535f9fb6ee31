namespace L4Proxy.Tcp;

/// <summary>Station of the application's own, between secure and pick. Hosting has it where an endpoint has connection middleware.</summary>
/// <returns>None, or why the connection ends.</returns>
internal delegate ValueTask<L4EndReason> ConnectionMiddleware(TcpSession session);
