namespace L4Proxy.Configuration;

/// <summary>What becomes of connections and flows whose destination is found not to work.</summary>
public enum L4OnMarkedDown
{
    /// <summary>They go on for as long as they can.</summary>
    Keep,

    /// <summary>They end with a reset, as HAProxy's <c>on-marked-down shutdown-sessions</c>: clients come again at once and get another.</summary>
    Cut,
}
