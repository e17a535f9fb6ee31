using System.IO.Pipelines;
using System.Net;
using L4Proxy.Limits;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace L4Proxy.Kestrel;

/// <summary>
/// A connection of Kestrel's that keeps its place among the descriptors until Kestrel has closed it: only then is its socket closed, whatever
/// has been heard of its two directions. Like others it takes two: what serves it may well have one of its own for it, as YARP does.
/// </summary>
internal sealed class CountedConnection : ConnectionContext
{
    private readonly ConnectionContext _context;
    private readonly DescriptorBudget _budget;
    private int _isReleased;

    /// <summary>Counts it in.</summary>
    public CountedConnection(ConnectionContext context, DescriptorBudget budget)
    {
        (_context, _budget) = (context, budget);
        budget.Take(DescriptorBudget.OfConnection);
    }

    public override string ConnectionId
    {
        get => _context.ConnectionId;
        set => _context.ConnectionId = value;
    }

    public override IFeatureCollection Features => _context.Features;

    public override IDictionary<object, object?> Items
    {
        get => _context.Items;
        set => _context.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _context.Transport;
        set => _context.Transport = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _context.ConnectionClosed;
        set => _context.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _context.LocalEndPoint;
        set => _context.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _context.RemoteEndPoint;
        set => _context.RemoteEndPoint = value;
    }

    public override void Abort() => _context.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _context.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _context.DisposeAsync();
        }
        finally
        {
            await base.DisposeAsync();
            if (Interlocked.Exchange(ref _isReleased, 1) == 0)
                _budget.Release(DescriptorBudget.OfConnection);
        }
    }
}
