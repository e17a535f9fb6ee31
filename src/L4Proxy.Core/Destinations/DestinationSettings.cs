namespace L4Proxy.Destinations;

/// <summary>What a configuration says of a destination that outlives it.</summary>
/// <param name="State">The destination.</param>
/// <param name="Weight">Its share.</param>
/// <param name="Enabled">Whether it is picked.</param>
internal sealed record DestinationSettings(DestinationState State, int Weight, bool Enabled)
{
    /// <summary>The configuration is in force.</summary>
    public void Apply()
    {
        State.Weight = Weight;
        State.Enabled = Enabled;
    }
}
