namespace L4Proxy.Providers.Traefik;

/// <summary>
/// What a priority is as an <c>Order</c>. On an entry point Traefik looks at the names of HTTPS first, then at routers of TCP, then at those of plaintext HTTP, and within each the higher priority is
/// first.
/// </summary>
internal static class TraefikOrder
{
    private const int Step = 1_000_000_000;
    private const long Most = Step - 1;

    /// <summary>Of a router of TCP.</summary>
    public static int OfTcp(long priority) => (int)-Math.Clamp(priority, -Most, Most);

    /// <summary>Of a router of HTTP.</summary>
    public static int OfHttp(long priority, bool isTls) => OfTcp(priority) + (isTls ? -Step : Step);

    /// <summary>Of a router of HTTPS that takes every host: behind all names, and before what is not TLS or asks for none.</summary>
    public const int OfAnyHttps = 0;

    /// <summary>The priority that a router says; null where it says none. One that is beyond what an order can say is noted.</summary>
    public static long? PriorityOf(TraefikItem router)
    {
        if (router.Source.Whole("priority") is not { } priority || priority == 0)
            return null;
        if (Math.Abs((decimal)priority) > Most)
            router.Source.Lost("priority", $"It is beyond {Most}, where all priorities are the same here.");
        return priority;
    }
}
