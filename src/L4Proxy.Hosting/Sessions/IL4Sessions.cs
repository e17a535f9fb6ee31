namespace L4Proxy;

/// <summary>
/// The TCP connections and UDP flows that the proxy relays at the moment. In the services of every host with <c>AddL4Proxy()</c>. It costs
/// something only when it is asked; connections do not wait for it.
/// </summary>
/// <example>
/// <code>var toBroker = sessions.GetAll().Where(session => session.ClusterId == "broker");</code>
/// </example>
public interface IL4Sessions
{
    /// <summary>How many there are: connections that were accepted and have not ended, without those that HTTP took over, and flows.</summary>
    int Count { get; }

    /// <summary>All of them, each as it is when it is looked at; the oldest first.</summary>
    IReadOnlyList<L4SessionInfo> GetAll();
}
