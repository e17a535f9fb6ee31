using L4Proxy.Core.Tests.Prefaces.Quic;
using L4Proxy.Prefaces.Quic;
using L4Proxy.Udp;

namespace L4Proxy.Core.Tests.Udp;

public class QuicConnectionsTests
{
    private readonly QuicConnections _connections = new();

    [Fact]
    public void Ids_of_every_length_are_found_in_both_headers()
    {
        var all = new Dictionary<int, QuicConnection>();
        for (var length = QuicConnectionId.Shortest; length <= QuicConnectionId.Longest; length++)
            _connections.Learn(all[length] = New(), ServerPackets.Handshake(Id(length)), way: null!);
        Assert.Equal(all.Count, _connections.Count);
        foreach (var (length, connection) in all)
        {
            Assert.Same(connection, _connections.Find(ServerPackets.Short(Id(length))));
            Assert.Same(connection, _connections.Find([0xe0, 0, 0, 0, 1, (byte)length, .. Id(length), 0]));
            // A long header says how long its id is.
            Assert.Null(_connections.Find([0xe0, 0, 0, 0, 1, (byte)(length + 1), .. Id(length), 0x55, 0]));
            Assert.Null(_connections.Find([.. ServerPackets.Short(Id(length))[..length]]));
            Assert.Null(_connections.Find([0x3f, .. Id(length)]));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(21)]
    public void Too_short_or_long_an_id_is_not_learnt(int length)
    {
        _connections.Learn(New(), ServerPackets.Handshake(Id(length)), way: null!);
        Assert.Equal(0, _connections.Count);
    }

    [Fact]
    public void Nor_one_that_the_client_made_up()
    {
        _connections.Learn(New(), ServerPackets.Versions(ServerPackets.Id), way: null!);
        Assert.Equal(0, _connections.Count);
    }

    [Fact]
    public void The_last_four_are_known()
    {
        var connection = New();
        for (byte i = 1; i <= 6; i++)
            _connections.Learn(connection, ServerPackets.Handshake(i, i, i, i), way: null!);
        Assert.Equal(QuicConnection.MostIds, _connections.Count);
        for (byte i = 1; i <= 6; i++)
            Assert.Equal(i > 2, _connections.Find(ServerPackets.Short(i, i, i, i)) is not null);
    }

    [Fact]
    public void Nobody_takes_anothers()
    {
        var (first, second) = (New(), New());
        _connections.Learn(first, ServerPackets.Initial, way: null!);
        _connections.Learn(second, ServerPackets.Initial, way: null!);
        Assert.Same(first, _connections.Find(ServerPackets.Short(ServerPackets.Id)));
        _connections.Leave(second);
        Assert.Same(first, _connections.Find(ServerPackets.Short(ServerPackets.Id)));
        _connections.Leave(first);
        Assert.Equal(0, _connections.Count);
    }

    [Fact]
    public void They_go_with_the_last_flow()
    {
        var connection = New();
        _connections.Learn(connection, ServerPackets.Initial, way: null!);
        _connections.Join(connection);
        _connections.Leave(connection);
        Assert.Same(connection, _connections.Find(ServerPackets.Short(ServerPackets.Id)));
        _connections.Leave(connection);
        Assert.Null(_connections.Find(ServerPackets.Short(ServerPackets.Id)));
        // What is still on its way then comes too late.
        _connections.Learn(connection, ServerPackets.Initial, way: null!);
        Assert.Equal(0, _connections.Count);
    }

    [Fact]
    public void Or_when_they_are_to_be_forgotten()
    {
        var connection = New();
        _connections.Learn(connection, ServerPackets.Initial, way: null!);
        _connections.Forget(connection);
        Assert.Equal(0, _connections.Count);
        Assert.Null(_connections.Find(ServerPackets.Short(ServerPackets.Id)));
        _connections.Leave(connection);
    }

    private QuicConnection New()
    {
        var connection = new QuicConnection(default);
        _connections.Join(connection);
        return connection;
    }

    // None begins as another does.
    private static byte[] Id(int length) => [.. Enumerable.Repeat((byte)(length * 11), length)];
}
