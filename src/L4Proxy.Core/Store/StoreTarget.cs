using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Store;

/// <summary>What a service does for a name.</summary>
internal sealed record StoreTarget
{
    /// <summary>Where it is, <c>host:port</c>; none is a service that only has its name in DNS.</summary>
    public string? Address { get; init; }

    /// <summary>What it speaks; of one name all speak the same.</summary>
    public TargetProtocol? Protocol { get; init; }

    /// <summary>Whether requests are sent there.</summary>
    public bool? Enabled { get; init; }

    /// <summary>When it was added.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>Whether requests are sent there.</summary>
    public bool IsServing => Address is not null && Keys.Enabled.Of(this);

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new StoreTarget());

        public static readonly Key<StoreTarget, string> Address = new(Shape, AnyText, r => r.Address, (r, v) => r with { Address = v });
        public static readonly DefaultedKey<StoreTarget, TargetProtocol> Protocol = new(Shape, new NameShape<TargetProtocol>(lowerCase: true), TargetProtocol.Http,
            r => r.Protocol, (r, v) => r with { Protocol = v });
        public static readonly DefaultedKey<StoreTarget, bool> Enabled = new(Shape, TrueOrFalse, true, r => r.Enabled, (r, v) => r with { Enabled = v });
        public static readonly Key<StoreTarget, string> CreatedAt = new(Shape, AnyText, r => r.CreatedAt, (r, v) => r with { CreatedAt = v });
    }
}
