namespace L4Proxy.Destinations.Health.Probing;

/// <summary>What became of a probe.</summary>
/// <param name="Status">What it says of its destination.</param>
/// <param name="Detail">Why it has not succeeded, for people: bounded, on one line.</param>
/// <param name="Agent">What the destination's agent says, where one was asked and has answered.</param>
internal readonly record struct ProbeOutcome(ProbeStatus Status, string Detail = "", AgentAnswer? Agent = null)
{
    /// <summary>It works.</summary>
    public static ProbeOutcome Success { get; } = new(ProbeStatus.Succeeded);

    /// <summary>It does not.</summary>
    public static ProbeOutcome Failure(string detail) => new(ProbeStatus.Failed, detail);

    /// <summary>It is not known.</summary>
    public static ProbeOutcome Unknown(string detail) => new(ProbeStatus.Unknown, detail);
}
