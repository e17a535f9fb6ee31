using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Gateway.Demo;

/// <summary>Speaks first, as an SSH server does, and waits for the client to leave.</summary>
internal sealed class BannerHandler : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        await connection.Transport.Output.WriteAsync("SSH-2.0-L4Proxy_demonstration\r\n"u8.ToArray());
        await connection.Transport.Input.CopyToAsync(Stream.Null);
    }
}
