using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Api.Owners;

/// <summary>What is said of an owner.</summary>
internal sealed record OwnerBody
{
    /// <summary>How long it may be silent; for ever where it is not given.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>What becomes of its objects then.</summary>
    public LeaseExpiry? OnExpiry { get; init; }

    /// <summary>When it was heard of last, by ISO 8601.</summary>
    public string? RenewedAt { get; init; }

    /// <summary>Whether its lease is over.</summary>
    public bool? Stale { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new OwnerBody());

        public static readonly Key<OwnerBody, TimeSpan> Lease = new(Shape, Duration("00:00:01", "365.00:00:00"), r => r.Lease, (r, v) => r with { Lease = v }) { Otherwise = "none" };
        public static readonly DefaultedKey<OwnerBody, LeaseExpiry> OnExpiry = new(Shape, new NameShape<LeaseExpiry>(lowerCase: true), LeaseExpiry.Keep,
            r => r.OnExpiry, (r, v) => r with { OnExpiry = v });
        public static readonly Key<OwnerBody, string> RenewedAt = new(Shape, AnyText, r => r.RenewedAt, (r, v) => r with { RenewedAt = v });
        public static readonly DefaultedKey<OwnerBody, bool> Stale = new(Shape, TrueOrFalse, false, r => r.Stale, (r, v) => r with { Stale = v });

        /// <summary>What may be said of it by a client.</summary>
        public static readonly RecordShape Terms = TermsOf();

        private static RecordShape TermsOf()
        {
            var shape = new RecordShape(new OwnerBody());
            shape.Add(Lease);
            shape.Add(OnExpiry);
            return shape;
        }
    }
}
