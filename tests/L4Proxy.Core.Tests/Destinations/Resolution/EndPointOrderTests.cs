using System.Net;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Destinations.Resolution;

namespace L4Proxy.Core.Tests.Destinations.Resolution;

/// <summary>What is learnt of a name's addresses by dialling them, and how long it is remembered.</summary>
public class EndPointOrderTests
{
    private const string Name = "db.internal";

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedLookup _lookup = new();
    private readonly AddressResolver _resolver;

    public EndPointOrderTests()
    {
        _lookup.Answers[Name] = Addresses(1, 2, 3);
        _resolver = new AddressResolver(_lookup.LookUpAsync, new AddressResolverOptions(), _time);
    }

    private static IPAddress[] Addresses(params int[] last) => [.. last.Select(i => IPAddress.Parse($"10.0.0.{i}"))];

    private static IPEndPoint At(int last, int port = 80) => IPEndPoint.Parse($"10.0.0.{last}:{port}");

    /// <summary>As it is known at once.</summary>
    private EndPointOrder Order(int port = 80)
    {
        var resolution = _resolver.ResolveAsync(Name, port, CancellationToken.None);
        return resolution.IsCompletedSuccessfully ? resolution.Result.Order! : throw new InvalidOperationException("It had to be waited for.");
    }

    private void AssertOrder(params int[] last) => Assert.Equal(last.Select(i => At(i)), Order().EndPoints);

    /// <summary>The next question goes to the name server again.</summary>
    private void Forget() => _time.Advance(TimeSpan.FromSeconds(31));

    [Fact]
    public void What_refused_is_tried_last_by_the_next()
    {
        Order().NoteFailed(At(1));
        AssertOrder(2, 3, 1);
        Order().NoteFailed(At(2));
        AssertOrder(3, 1, 2);
    }

    [Fact]
    public void What_answered_is_tried_first_by_the_next()
    {
        Order().NoteAnswered(At(3));
        AssertOrder(3, 1, 2);
        Order().NoteAnswered(At(3));
        AssertOrder(3, 1, 2);
    }

    [Fact]
    public void Who_began_before_sees_the_order_that_it_began_with()
    {
        var before = Order().EndPoints;
        Order().NoteFailed(At(1));
        Assert.Equal([At(1), At(2), At(3)], before);
    }

    [Fact]
    public void A_port_that_refuses_says_nothing_of_another()
    {
        Order(81).NoteFailed(At(1, 81));
        AssertOrder(1, 2, 3);
        Assert.Equal([At(2, 81), At(3, 81), At(1, 81)], Order(81).EndPoints);
    }

    [Fact]
    public void An_end_point_that_the_name_has_no_more_is_no_trouble()
    {
        Order().NoteFailed(At(9));
        Order().NoteAnswered(At(9));
        AssertOrder(1, 2, 3);
    }

    [Fact]
    public void What_was_learnt_outlives_a_lookup_also_when_the_name_server_turns_its_list()
    {
        Order().NoteFailed(At(1));
        Forget();
        AssertOrder(2, 3, 1);
        _lookup.Answers[Name] = Addresses(3, 1, 2);
        Forget();
        AssertOrder(2, 3, 1);
        Assert.Equal(3, _lookup.Started);
    }

    [Fact]
    public void Where_nothing_was_learnt_the_name_servers_newest_order_holds()
    {
        AssertOrder(1, 2, 3);
        _lookup.Answers[Name] = Addresses(3, 1, 2);
        Forget();
        AssertOrder(3, 1, 2);
    }

    [Fact]
    public void Other_addresses_begin_anew()
    {
        Order().NoteFailed(At(1));
        _lookup.Answers[Name] = Addresses(1, 2, 4);
        Forget();
        AssertOrder(1, 2, 4);
    }

    [Fact]
    public void After_ten_lookups_without_a_failure_the_name_servers_order_holds_again()
    {
        Order().NoteFailed(At(1));
        for (var i = 0; i < 9; i++)
        {
            Forget();
            AssertOrder(2, 3, 1);
        }
        Order().NoteFailed(At(1));
        for (var i = 0; i < 9; i++)
        {
            Forget();
            AssertOrder(2, 3, 1);
        }
        Forget();
        AssertOrder(1, 2, 3);
    }

    [Fact]
    public void What_a_flow_learns_late_is_known_after_a_lookup_too()
    {
        var early = Order();
        Forget();
        AssertOrder(1, 2, 3);
        early.NoteFailed(At(1));
        AssertOrder(2, 3, 1);
    }

    [Fact]
    public void Clients_that_ask_for_many_ports_do_not_fill_the_memory()
    {
        Order(1).NoteFailed(At(1, 1));
        for (var port = 2; port <= 17; port++)
            Order(port);
        Assert.Equal([At(1, 1), At(2, 1), At(3, 1)], Order(1).EndPoints);
    }

    [Fact]
    public void Asking_and_noting_what_is_known_allocate_nothing()
    {
        Order().NoteFailed(At(1));
        var (port80, port81) = (Order(), Order(81));
        Assert.Equal(0, Allocated.By(Ask, times: 1_000));

        void Ask()
        {
            var first = Order().EndPoints[0];
            port80.NoteAnswered(first);
            port81.NoteAnswered(Order(81).EndPoints[0]);
        }
    }

    [Fact]
    public void Many_at_once_lose_no_address()
    {
        var order = Order();
        Parallel.For(0, 10_000, i =>
        {
            if ((i & 1) == 0)
                order.NoteFailed(At((i % 3) + 1));
            else
                order.NoteAnswered(At((i % 3) + 1));
            Assert.Equal(3, order.EndPoints.Distinct().Count());
        });
    }
}
