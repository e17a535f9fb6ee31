using L4Proxy.ProxyProtocol;

namespace L4Proxy.Core.Tests.ProxyProtocol;

/// <summary>The fuzz entry of the PROXY header: whatever the bytes, nothing throws and more bytes never take a decision back.</summary>
internal static class ProxyHeaderFuzz
{
    public static void Run(ReadOnlySpan<byte> bytes)
    {
        int[] lengths = [1, 6, 12, 13, 16, bytes.Length / 2, bytes.Length - 1, bytes.Length];
        Array.Sort(lengths);
        var before = ProxyHeaderResult.NeedMore;
        foreach (var length in lengths)
        {
            var result = ProxyHeaderParser.Parse(bytes[..Math.Clamp(length, 0, bytes.Length)]);
            if (before.Status != ProxyHeaderStatus.NeedMore)
                Assert.Equal((before.Status, before.Length), (result.Status, result.Length));
            Check(result, bytes.Length);
            before = result;
        }
    }

    private static void Check(in ProxyHeaderResult result, int available)
    {
        Assert.Equal(result.Status == ProxyHeaderStatus.Invalid, result.Error is not null);
        Assert.Equal(result.Status == ProxyHeaderStatus.Found, result.Header is not null);
        if (result.Header is not { } header)
            return;
        Assert.InRange(result.Length, 15, Math.Min(available, ProxyHeaderParser.MaxLength));
        Assert.Equal(header.Source is null, header.Destination is null);
        Assert.True(header.Tlvs.Sum(tlv => 3 + tlv.Value.Length) <= result.Length - 16 || header.Tlvs.IsEmpty);
        Assert.All((string?[])[header.Authority, header.Alpn, header.Ssl?.CommonName, header.Ssl?.Version, header.Ssl?.Cipher],
            text => Assert.DoesNotContain(text ?? "", char.IsControl));
        Assert.True(header.UniqueId is not { Length: > 128 });
        _ = header.Source?.ToString();
    }
}
