namespace L4Proxy.Store;

/// <summary>A store that is not there at the moment.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : StoreException(message, inner);
