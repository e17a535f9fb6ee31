namespace L4Proxy.ProxyProtocol;

/// <summary>What <see cref="ProxyHeaderParser"/> found.</summary>
/// <param name="Status">Whether there is a header.</param>
/// <param name="Header">The header, if found.</param>
/// <param name="Length">Its length in bytes, if found.</param>
/// <param name="Error">Why it is invalid, if it is.</param>
internal readonly record struct ProxyHeaderResult(ProxyHeaderStatus Status, ProxyHeader? Header = null, int Length = 0, string? Error = null)
{
    public static ProxyHeaderResult NeedMore => new(ProxyHeaderStatus.NeedMore);

    public static ProxyHeaderResult NotMine => new(ProxyHeaderStatus.NotMine);

    public static ProxyHeaderResult Invalid(string error) => new(ProxyHeaderStatus.Invalid, Error: error);

    public static ProxyHeaderResult Found(ProxyHeader header, int length) => new(ProxyHeaderStatus.Found, header, length);
}
