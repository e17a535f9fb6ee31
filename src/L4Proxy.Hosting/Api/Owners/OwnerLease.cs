using System.Globalization;
using L4Proxy.Store;

namespace L4Proxy.Api.Owners;

/// <summary>An owner's lease: for so long it may be silent.</summary>
/// <param name="Owner">The owner.</param>
/// <param name="Length">How long; null is for ever.</param>
/// <param name="OnExpiry">What becomes of its objects then.</param>
/// <param name="RenewedAt">When it was heard of last.</param>
/// <param name="IsStale">Whether the lease is over, and that was seen to.</param>
internal sealed record OwnerLease(string Owner, TimeSpan? Length, LeaseExpiry OnExpiry, DateTimeOffset? RenewedAt, bool IsStale)
{
    // Of a lease, so much need not be over before it is written again.
    private const int Quarter = 4;

    /// <summary>When it is over; null where that is never, or nothing comes of it.</summary>
    public DateTimeOffset? EndsAt => Length is { } length && RenewedAt is { } renewed && OnExpiry != LeaseExpiry.Keep && !IsStale ? renewed + length : null;

    /// <summary>That of an owner in a store.</summary>
    public static OwnerLease Of(StoreItem owner)
    {
        var body = ApiBody.ReadStored<OwnerBody>(owner, OwnerBody.Keys.Shape);
        DateTimeOffset? renewed = DateTimeOffset.TryParse(body?.RenewedAt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
        return new OwnerLease(owner.Id, body?.Lease, OwnerBody.Keys.OnExpiry.Of(body), renewed, OwnerBody.Keys.Stale.Of(body));
    }

    /// <summary>The lease once its owner was heard of: the same where it was lately, since every writing is work for a whole fleet.</summary>
    public OwnerLease RenewedBy(DateTimeOffset now) => !IsStale && (Length is not { } length || (RenewedAt is { } renewed && now >= renewed && now - renewed < length / Quarter))
        ? this : this with { RenewedAt = now, IsStale = false };

    /// <summary>How the store has it.</summary>
    public StoreItem ToItem()
    {
        var body = new OwnerBody
        {
            Lease = Length,
            OnExpiry = OnExpiry == LeaseExpiry.Keep ? null : OnExpiry,
            RenewedAt = RenewedAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            Stale = IsStale ? true : null,
        };
        return new StoreItem(StoreKind.Owner, Owner, Owner, ApiBody.Write(OwnerBody.Keys.Shape, body));
    }
}
