using System.Security.Cryptography;
using System.Text;
using L4Proxy.Store;

namespace L4Proxy.Api.Objects;

/// <summary>Entity tags (RFC 9110 section 8.8.3) of what has an owner: each is another one where something else is said, or somebody else has it.</summary>
internal static class EntityTag
{
    /// <summary>Of what is kept in the store.</summary>
    public static string Of(StoreItem item) => Of(Encoding.UTF8.GetBytes(item.Body), item.Owner);

    /// <summary>Of what is said.</summary>
    /// <param name="content">It, in the one way that it is written.</param>
    /// <param name="owner">Whose it is; empty where it is nobody's.</param>
    public static string Of(byte[] content, string owner)
    {
        var hash = SHA256.HashData([.. content, 0, .. Encoding.UTF8.GetBytes(owner)]);
        return $"\"{Convert.ToHexStringLower(hash.AsSpan(0, 16))}\"";
    }
}
