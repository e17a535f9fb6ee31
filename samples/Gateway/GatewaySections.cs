using L4Proxy.Configuration;

namespace L4Proxy.Gateway;

/// <summary>The sections of FILE but <c>L4Proxy</c>.</summary>
/// <param name="Values">As the keys and values of <see cref="IConfiguration"/>.</param>
/// <param name="HasL4Proxy">Whether the section <c>L4Proxy</c> is there.</param>
/// <param name="Errors">Sections and keys that nobody knows.</param>
internal sealed record GatewaySections(IDictionary<string, string?> Values, bool HasL4Proxy, IReadOnlyList<L4ConfigError> Errors);
