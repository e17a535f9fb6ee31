namespace L4Proxy.Store;

/// <summary>A store that cannot be used, or changes that it does not take.</summary>
internal class StoreException(string message, Exception? inner = null) : Exception(message, inner);
