namespace L4Proxy.Http;

/// <summary>No connection could be made, and so nothing was sent on it.</summary>
/// <param name="failure">Why.</param>
/// <param name="detail">More about it, for people.</param>
/// <param name="hasOtherAddress">Whether it was the failure of one address, and the destination has others.</param>
internal sealed class HttpDialException(L4EndReason failure, string detail, bool hasOtherAddress) : IOException(detail.Length == 0 ? failure.ToString() : $"{failure}: {detail}")
{
    /// <summary>Why.</summary>
    public L4EndReason Failure => failure;

    /// <summary>Whether another attempt at the same destination may do better at once.</summary>
    public bool HasOtherAddress => hasOtherAddress;

    /// <summary>The one that another exception is about, if it is.</summary>
    public static HttpDialException? In(Exception? exception)
    {
        while (exception is not (null or HttpDialException))
            exception = exception.InnerException;
        return exception as HttpDialException;
    }
}
