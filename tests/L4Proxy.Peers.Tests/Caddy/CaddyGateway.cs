using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Caddy;

/// <summary>A gateway that agents take for a Caddy.</summary>
internal sealed class CaddyGateway : IAsyncDisposable
{
    private readonly GatewayProcess _process;

    private CaddyGateway(GatewayProcess process, int port) => (_process, Port) = (process, port);

    /// <summary>That of the API.</summary>
    public int Port { get; }

    public Uri Api => new($"http://127.0.0.1:{Port}/");

    public OutputLines Log => _process.Log;

    public static async Task<CaddyGateway> StartAsync(CancellationToken cancellation, TempDirectory? directory = null, int? port = null, string more = "")
    {
        port ??= FreePorts.Next();
        return new(await GatewayProcess.StartAsync(
            $$"""{ "Gateway": { "Admin": "http://127.0.0.1:{{port}}", "CaddyApi": true{{more}} }, "L4Proxy": { "AccessLog": { "Enabled": false } } }""", cancellation, directory: directory), port.Value);
    }

    /// <summary>With another section <c>L4Proxy</c>.</summary>
    public static async Task<CaddyGateway> StartWithAsync(string l4, TempDirectory directory, string more, CancellationToken cancellation)
    {
        var port = FreePorts.Next();
        return new(await GatewayProcess.StartAsync($$"""{ "Gateway": { "Admin": "http://127.0.0.1:{{port}}", "CaddyApi": true{{more}} }, "L4Proxy": { {{l4}} } }""", cancellation, directory: directory), port);
    }

    public CaddyAgent Agent(string name, string? token = null) => new(name, Api, token);

    /// <summary>Ends it without a word, and starts it again with what it has kept.</summary>
    public async Task<CaddyGateway> RestartAsync(CancellationToken cancellation)
    {
        var directory = _process.CopyDirectory();
        await DisposeAsync();
        return await StartAsync(cancellation, directory, Port);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
