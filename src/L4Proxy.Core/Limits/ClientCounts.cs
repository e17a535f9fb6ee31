using System.Runtime.InteropServices;

namespace L4Proxy.Limits;

/// <summary>How many connections and flows each client has; whoever has none is not in it. From any thread.</summary>
internal sealed class ClientCounts
{
    private readonly Dictionary<ClientNetwork, int>[] _parts = [.. Enumerable.Range(0, 16).Select(_ => new Dictionary<ClientNetwork, int>())];

    /// <summary>Clients that have some.</summary>
    public int Clients => _parts.Sum(part => part.Count);

    /// <summary>Counts one more, if there are fewer than so many.</summary>
    public bool TryEnter(ClientNetwork client, int limit)
    {
        var part = PartOf(client);
        lock (part)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(part, client, out _);
            if (count >= limit)
                return false;
            count++;
            return true;
        }
    }

    /// <summary>Counts one out.</summary>
    public void Leave(ClientNetwork client)
    {
        var part = PartOf(client);
        lock (part)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(part, client);
            if (--count == 0)
                part.Remove(client);
        }
    }

    private Dictionary<ClientNetwork, int> PartOf(ClientNetwork client) => _parts[client.Part(_parts.Length)];
}
