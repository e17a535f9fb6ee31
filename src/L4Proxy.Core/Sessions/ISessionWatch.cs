namespace L4Proxy.Sessions;

/// <summary>Hears of each connection and flow, on the threads that serve them: it must not throw, nor wait.</summary>
internal interface ISessionWatch
{
    /// <summary>One began.</summary>
    void Started();

    /// <summary>A connection's destination has answered, after so long a dial.</summary>
    void Connected(TimeSpan took)
    {
    }

    /// <summary>One is over, and moves nothing any more.</summary>
    void Ended(ISessionRecord session);
}
