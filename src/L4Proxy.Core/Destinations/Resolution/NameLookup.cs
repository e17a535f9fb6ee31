namespace L4Proxy.Destinations.Resolution;

/// <summary>
/// Asks for a name once, without a cache. An answer of nothing or a <see cref="System.Net.Sockets.SocketException"/> of
/// <c>HostNotFound</c> or <c>NoData</c> is "no such name"; any other exception is a failure to find out.
/// </summary>
/// <typeparam name="T">What a name leads to.</typeparam>
internal delegate Task<LookupAnswer<T>> NameLookup<T>(string name)
    where T : class;
