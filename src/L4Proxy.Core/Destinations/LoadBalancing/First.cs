namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>The first in order: the others are only its replacements.</summary>
internal sealed class First : BuiltInPolicy
{
    /// <inheritdoc/>
    public override DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.Share > 0)
                return candidate;
        }

        return null;
    }
}
