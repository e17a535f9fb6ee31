using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Configuration;
using L4Proxy.Core.Tests.Destinations;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Listening;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using static L4Proxy.Core.Tests.Tcp.Config;
using L4Proxy.Files;

namespace L4Proxy.Core.Tests.Listening;

/// <summary>An endpoint's trouble is its own.</summary>
public sealed class OwnListenersTests : IDisposable
{
    private readonly TestLog _log = new();
    private readonly LoggerFactory _loggers;
    private readonly FileStore _certificates = new("/", TimeProvider.System, NullLogger<FileStore>.Instance);
    private readonly Dictionary<string, FakeListener> _opened = [];
    private readonly OwnListeners _listeners;
    private ProxySnapshot _snapshot = ProxySnapshot.Empty;

    public OwnListenersTests()
    {
        _loggers = new LoggerFactory([_log]);
        _listeners = new OwnListeners(TimeProvider.System, _loggers.CreateLogger<OwnListeners>());
    }

    public void Dispose()
    {
        _listeners.CloseAll();
        _loggers.Dispose();
        _log.Dispose();
        _certificates.Dispose();
    }

    [Fact]
    public void An_option_that_cannot_be_set_on_one_endpoint_keeps_no_other_from_its_update()
    {
        Apply(backlog: 1, "a", "b", "c");
        _opened["b"].Failure = new SocketException((int)SocketError.NoBufferSpaceAvailable);
        Apply(backlog: 2, "a", "b", "c");
        Assert.All(_opened.Values, listener => Assert.Equal(2, listener.Endpoint.ListenOptions.Backlog));
        var line = Assert.Single(_log.Lines, line => line.Contains("EndpointNotUpdated", StringComparison.Ordinal));
        Assert.Contains("Endpoint 'b' on tcp://127.0.0.1:1098", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_that_fails_to_close_keeps_no_other_from_opening()
    {
        Apply(backlog: 1, "a", "b");
        _opened["a"].Failure = new SocketException((int)SocketError.NotSocket);
        Apply(backlog: 1, "b", "c");
        Assert.Equal(["b", "c"], _listeners.Addresses.Where(address => address.Error is null).Select(address => address.Endpoint).Order());
    }

    [Fact]
    public void An_endpoint_that_cannot_be_opened_for_whatever_reason_keeps_no_other_from_opening()
    {
        Apply(backlog: 1, "a", "unheard-of", "z");
        Assert.Equal(["a", "z"], _listeners.Addresses.Where(address => address.Error is null).Select(address => address.Endpoint).Order());
        Assert.Contains(_log.Lines, line => line.Contains("'unheard-of' cannot listen", StringComparison.Ordinal));
    }

    private void Apply(int backlog, params string[] endpoints)
    {
        var config = new L4Config
        {
            Endpoints = Map([.. endpoints.Select(id => (id, new L4Endpoint { Url = $"tcp://127.0.0.1:{PortOf(id)}", Backlog = backlog }))]),
        };
        _snapshot = new SnapshotBuilder(SystemAddressLookup.LookUpAsync, _certificates, new TlsBuilder(_certificates), TestPolicies.With(), TimeProvider.System)
            .Build(Sample.Graph(config), _snapshot);
        _listeners.Apply(_snapshot, (address, endpoint) => endpoint.Id == "unheard-of"
            ? throw new InvalidOperationException("unheard of")
            : _opened[endpoint.Id] = new FakeListener(address, endpoint));
    }

    private static int PortOf(string id) => 1000 + id[0];

    private sealed class FakeListener(EndPoint address, EndpointModel endpoint) : IOwnListener
    {
        public EndPoint LocalEndPoint => address;

        public EndpointModel Endpoint { get; private set; } = endpoint;

        public Exception? Failure { get; set; }

        public void Update(EndpointModel endpoint)
        {
            Endpoint = endpoint;
            Dispose();
        }

        public void Dispose()
        {
            if (Failure is not null)
                throw Failure;
        }
    }
}
