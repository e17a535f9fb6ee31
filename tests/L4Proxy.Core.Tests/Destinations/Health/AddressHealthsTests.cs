using System.Net;
using L4Proxy.Destinations.Health;

namespace L4Proxy.Core.Tests.Destinations.Health;

public class AddressHealthsTests
{
    private static readonly HealthPolicy s_policy = HealthPolicy.From(config: null);

    private readonly AddressHealths _addresses = new();

    private static IPEndPoint At(int i) => new IPEndPoint(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 80);

    [Fact]
    public void An_address_that_failed_is_avoided_and_its_neighbour_is_not()
    {
        _addresses.NoteFailed([At(1)], s_policy, now: 0);
        Assert.True(_addresses.AreAvoided([At(1)], now: 999));
        Assert.False(_addresses.AreAvoided([At(1)], now: 1_000));
        Assert.False(_addresses.AreAvoided([At(2)], now: 999));
        Assert.False(_addresses.AreAvoided([At(1), At(2)], now: 999));
    }

    [Fact]
    public void One_that_failed_often_is_avoided_for_longer()
    {
        for (var i = 0; i < 3; i++)
            _addresses.NoteFailed([At(1)], s_policy, now: 0);
        Assert.True(_addresses.AreAvoided([At(1)], now: 29_999));
        Assert.False(_addresses.AreAvoided([At(1)], now: 30_000));
        _addresses.NoteAnswered(At(1), begunAt: 30_000);
        Assert.True(_addresses.IsEmpty);
    }

    [Fact]
    public void Who_answers_is_forgotten()
    {
        _addresses.NoteFailed([At(1), At(2)], s_policy, now: 0);
        _addresses.NoteAnswered(At(1), begunAt: 1);
        Assert.Equal([At(2)], _addresses.ToList().Select(address => address.EndPoint));
        _addresses.NoteAnswered(At(2), begunAt: 1);
        Assert.True(_addresses.IsEmpty);
    }

    [Fact]
    public void However_many_names_clients_ask_for_no_more_than_so_many_are_remembered_and_the_newest_are()
    {
        for (var i = 0; i < 3 * AddressHealths.Most; i++)
            _addresses.NoteFailed([At(i)], s_policy, now: 0);
        Assert.Equal(AddressHealths.Most, _addresses.ToList().Count);
        Assert.False(_addresses.AreAvoided([At(0)], now: 1));
        Assert.True(_addresses.AreAvoided([At((3 * AddressHealths.Most) - 1)], now: 1));
    }
}
