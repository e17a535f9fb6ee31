using L4Proxy.Store;

namespace L4Proxy.Storage.Sql;

/// <summary>A constraint of the database would be broken; nothing was changed.</summary>
internal sealed class BrokenRuleException(string message, Exception inner) : StoreException(message, inner);
