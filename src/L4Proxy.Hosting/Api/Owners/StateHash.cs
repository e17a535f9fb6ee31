using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Store;

namespace L4Proxy.Api.Owners;

/// <summary>
/// A hash of a set of endpoints, routes and clusters: SHA-256, in hexadecimal digits, of <c>{"clusters":…,"endpoints":…,"routes":…}</c> as the API writes them (camelCase, only what is given, no
/// shorthands, and what is secret too), canonical by RFC 8785 and in UTF-8.
/// </summary>
internal static class StateHash
{
    private static readonly ConditionalWeakTable<StoreState, string> s_known = [];

    /// <summary>Of all that a store has: worked out once for each state.</summary>
    public static string Of(StoreState state) => s_known.GetValue(state, static state => Of(state.All));

    /// <summary>Of what an owner has.</summary>
    public static string Of(StoreState state, string owner) => Of(OwnerObjects.Of(state, owner));

    private static string Of(IEnumerable<StoreItem> items)
    {
        var byKind = items.Where(item => item.Config is not null).ToLookup(item => item.Kind);
        var text = new StringBuilder();
        CanonicalJson.WriteObject(text, ApiKind.All.OrderBy(kind => kind.Many, StringComparer.Ordinal), kind => (kind.Many, kind), (_, kind) =>
            CanonicalJson.WriteObject(text, byKind[kind.Kind].OrderBy(item => item.Id, StringComparer.Ordinal), item => (item.Id, item), (_, item) =>
            {
                using var document = JsonDocument.Parse(ConfigWriter.Write(kind.Shape, item.Config!, ConfigSpelling.CamelCase));
                CanonicalJson.Write(text, document.RootElement);
            }));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
