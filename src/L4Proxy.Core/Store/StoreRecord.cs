using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Store;

/// <summary>A name of an internal service: where it leads to, and the address that DNS gives for it. The name is the id of its <see cref="StoreItem"/>.</summary>
internal sealed record StoreRecord
{
    /// <summary>The address that DNS gives: this gateway's, mostly. None is none in DNS.</summary>
    public string? Ip { get; init; }

    /// <summary>What serves the name, by service; none that has an address is a name in DNS alone.</summary>
    public IReadOnlyDictionary<string, StoreTarget>? Targets { get; init; }

    /// <summary>Whether any certificate of a target is taken.</summary>
    public bool? SkipVerify { get; init; }

    /// <summary>When it was made.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public string? UpdatedAt { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new StoreRecord());

        public static readonly Key<StoreRecord, string> Ip = new(Shape, AnyText, r => r.Ip, (r, v) => r with { Ip = v });
        public static readonly Key<StoreRecord, IReadOnlyDictionary<string, StoreTarget>> Targets = new(Shape, new MapShape<StoreTarget>(StoreTarget.Keys.Shape),
            r => r.Targets, (r, v) => r with { Targets = v });
        public static readonly DefaultedKey<StoreRecord, bool> SkipVerify = new(Shape, TrueOrFalse, false, r => r.SkipVerify, (r, v) => r with { SkipVerify = v });
        public static readonly Key<StoreRecord, string> CreatedAt = new(Shape, AnyText, r => r.CreatedAt, (r, v) => r with { CreatedAt = v });
        public static readonly Key<StoreRecord, string> UpdatedAt = new(Shape, AnyText, r => r.UpdatedAt, (r, v) => r with { UpdatedAt = v });
    }
}
