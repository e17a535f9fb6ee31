using Microsoft.AspNetCore.Connections;

namespace L4Proxy.Gateway.Demo;

/// <summary>Says what it hears.</summary>
internal sealed class EchoHandler : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) =>
        connection.Transport.Input.CopyToAsync(connection.Transport.Output);
}
