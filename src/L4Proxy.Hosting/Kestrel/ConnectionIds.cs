namespace L4Proxy.Kestrel;

/// <summary>Ids of connections in the form that Kestrel's logs have: thirteen characters of base 32, one after the other.</summary>
internal static class ConnectionIds
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private const int Length = 13;
    private const int BitsPerDigit = 5;

    private static long s_last = TimeProvider.System.GetUtcNow().Ticks;

    public static string Next() => string.Create(Length, Interlocked.Increment(ref s_last), static (text, id) =>
    {
        for (var i = Length - 1; i >= 0; i--, id >>>= BitsPerDigit)
            text[i] = Digits[(int)(id & (Digits.Length - 1))];
    });
}
