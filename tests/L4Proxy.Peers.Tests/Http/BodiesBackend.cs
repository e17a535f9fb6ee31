using System.Net;
using System.Security.Cryptography;
using L4Proxy.Core.Tests.House;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Peers.Tests.Http;

/// <summary>A web application that sends and takes bodies of any length.</summary>
internal sealed class BodiesBackend : IAsyncDisposable
{
    private static readonly byte[] s_block = RandomNumberGenerator.GetBytes((1024 * 1024) + 1);

    private readonly WebApplication _app;
    private readonly Counters _counters;
    private readonly string _protocol;

    private BodiesBackend(WebApplication app, Counters counters, int port, string protocol)
    {
        _app = app;
        _counters = counters;
        _protocol = protocol;
        Port = port;
    }

    public int Port { get; }

    /// <summary>The keys of a cluster with it alone.</summary>
    public string Cluster => $$""" "Destinations": { "a": { "Address": "127.0.0.1:{{Port}}" } }, "Http": { "Protocol": "{{_protocol}}" } """;

    /// <summary>Bytes that it was able to send.</summary>
    public long Sent => Volatile.Read(ref _counters.Sent);

    /// <summary>Bytes that it has received.</summary>
    public long Received => Volatile.Read(ref _counters.Received);

    /// <summary>Requests that have come and not ended.</summary>
    public int Active => Volatile.Read(ref _counters.Active);

    /// <summary>Starts it.</summary>
    /// <param name="cancellation">Cancels that.</param>
    /// <param name="protocol"><c>http1</c> or <c>h2c</c>.</param>
    public static async Task<BodiesBackend> StartAsync(CancellationToken cancellation, string protocol = "http1")
    {
        var (port, counters) = (FreePorts.Next(), new Counters());
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = protocol == "h2c" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Use(counters.CountAsync);
        app.MapGet("/version", (HttpRequest request) => request.Protocol);
        app.MapGet("/down/{length:long}", (long length, HttpContext context) => SendAsync(context, length, counters));
        app.MapPut("/up", context => ReceiveAsync(context, counters));
        await app.StartAsync(cancellation);
        return new(app, counters, port, protocol);
    }

    /// <summary>What <c>/down/{length}</c> sends.</summary>
    public static async Task WriteAsync(Stream stream, long length, CancellationToken cancellation)
    {
        for (var left = length; left > 0; left -= s_block.Length)
            await stream.WriteAsync(s_block.AsMemory(0, (int)Math.Min(s_block.Length, left)), cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        // Nothing is waited for: what a test leaves open is no backend's to finish.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private static async Task SendAsync(HttpContext context, long length, Counters counters)
    {
        const int Piece = 65536;
        context.Response.ContentLength = length;
        for (var sent = 0L; sent < length;)
        {
            var from = (int)(sent % s_block.Length);
            var piece = s_block.AsMemory(from, (int)Math.Min(Math.Min(Piece, s_block.Length - from), length - sent));
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            sent += piece.Length;
            Interlocked.Add(ref counters.Sent, piece.Length);
        }
    }

    private static async Task ReceiveAsync(HttpContext context, Counters counters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, length) = (new byte[65536], 0L);
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
            length += count;
            Interlocked.Add(ref counters.Received, count);
        }

        await context.Response.WriteAsync($"{length} {Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }

    private sealed class Counters
    {
        public long Sent;
        public long Received;
        public int Active;

        public async Task CountAsync(HttpContext context, RequestDelegate next)
        {
            Interlocked.Increment(ref Active);
            try
            {
                await next(context);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The client has gone.
            }
            finally
            {
                Interlocked.Decrement(ref Active);
            }
        }
    }
}
