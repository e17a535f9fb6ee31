using System.Net;
using System.Text;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Peers.Tests.Providers;

/// <summary>A control plane that publishes a document, with a tag.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    public ControlPlane(int? port = null)
    {
        Port = port ?? FreePorts.Next();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}/api/v1/agent/expected-state");

    public volatile string Document = "{}";

    /// <summary>How often it was asked, and how often nothing had changed.</summary>
    public int Asked, NotModified;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            Interlocked.Increment(ref Asked);
            var document = Document;
            var tag = $"\"{document.GetHashCode(StringComparison.Ordinal)}\"";
            context.Response.Headers["ETag"] = tag;
            if (context.Request.Headers["If-None-Match"] == tag)
            {
                Interlocked.Increment(ref NotModified);
                context.Response.StatusCode = 304;
            }
            else
            {
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(document));
            }
            context.Response.Close();
        }
    }
}
