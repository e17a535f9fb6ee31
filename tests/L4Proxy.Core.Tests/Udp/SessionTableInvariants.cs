using System.Runtime.CompilerServices;
using L4Proxy.Transport;
using L4Proxy.Udp;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>What must hold of a table between calls. Looks inside of it, while nobody else uses it.</summary>
internal static class SessionTableInvariants
{
    public static void CheckInvariants(this SessionTable<TestSession> table)
    {
        var sessions = Fields<TestSession>.Sessions(table);
        var affinities = Shared(Fields<TestSession>.Affinities(table));
        var now = Fields<TestSession>.Now(table);
        var listed = Fields<TestSession>.Orders(table).Sum(order => CheckOrder(order.Key, order.Value, sessions, affinities, now));
        Require(listed == sessions.Count, "each flow is in one list");
        Require(sessions.All(pair => pair.Key == pair.Value.Key), "each flow is found by its key");
        foreach (var affinity in affinities.Values)
            Require(affinity.Sessions > 0 && sessions.Values.Count(s => s.Affinity == affinity) == affinity.Sessions, "each affinity counts its flows");
    }

    private static int CheckOrder(
        long timeout, SessionIdleOrder order, Dictionary<SessionKey, TestSession> sessions,
        Dictionary<(object Scope, DatagramAddress Host), SessionAffinity> affinities, long now)
    {
        Require(timeout == order.Timeout, "each list is found by its timeout");
        var count = 0;
        for (var entry = order.First; entry is not null; entry = entry.Next)
        {
            count++;
            Require(sessions.TryGetValue(entry.Key, out var session) && session == entry, "what is listed is there");
            Require(entry.Order == order && entry.IdleTimeout == timeout, "each flow is in its own list");
            Require(entry.Next is null ? order.Last == entry : entry.Next.Previous == entry, "lists are linked both ways");
            Require(entry.LastActive <= (entry.Next?.LastActive ?? now), "least recently active first, nothing in the future");
            Require((entry.AffinityScope is null) == (entry.Affinity is null), "affinity where it is asked for");
            Require(entry.Affinity is not { } a || affinities.GetValueOrDefault((a.Scope, a.Host)) == a, "affinities in use are found");
        }
        return count;
    }

    private static void Require(bool holds, string invariant) => Assert.True(holds, $"Not true: {invariant}.");

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_affinities")]
    private static extern ref Dictionary<(object Scope, DatagramAddress Host), SessionAffinity> Shared(SessionAffinities affinities);

    private static class Fields<TSession>
        where TSession : SessionEntry
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sessions")]
        public static extern ref Dictionary<SessionKey, TSession> Sessions(SessionTable<TSession> table);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_orders")]
        public static extern ref Dictionary<long, SessionIdleOrder> Orders(SessionTable<TSession> table);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_affinities")]
        public static extern ref SessionAffinities Affinities(SessionTable<TSession> table);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_now")]
        public static extern ref long Now(SessionTable<TSession> table);
    }
}
