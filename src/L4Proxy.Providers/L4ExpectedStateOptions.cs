namespace L4Proxy.Providers;

/// <summary>Where a control plane says what is to be routed, and how that is asked for.</summary>
public sealed record L4ExpectedStateOptions
{
    /// <summary>
    /// The name of the <see cref="HttpClient"/> that asks (<c>IHttpClientFactory</c>): an application that signs its requests, or trusts another certificate, says so with
    /// <c>services.AddHttpClient(L4ExpectedStateOptions.HttpClientName)</c>.
    /// </summary>
    public const string HttpClientName = "L4Proxy.ExpectedState";

    /// <summary>The document is got from there.</summary>
    /// <value>An absolute URL, <c>http</c> or <c>https</c>. Must be given.</value>
    public required Uri Url { get; init; }

    /// <summary>How long after an answer it is asked for again.</summary>
    /// <value>Duration, more than 0. Default: 15 seconds.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the server may keep a request until something has changed (<c>Prefer: wait</c>, RFC 7240 section 4.3); then it is asked again at once. Zero is no such wish.</summary>
    /// <value>Duration, whole seconds. Default: 0.</value>
    public TimeSpan LongPoll { get; init; }

    /// <summary>How long an answer may take, beyond <see cref="LongPoll"/>.</summary>
    /// <value>Duration, more than 0. Default: 30 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest document; a longer one is refused.</summary>
    /// <value>Bytes, at least 1. Default: 16 MiB.</value>
    public long MaxLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>Gets what is in force posted, each time that changes and each <see cref="PollInterval"/>: the hash of the document, whether the newest one is another, and why.</summary>
    /// <value>An absolute URL. Default: nobody is told.</value>
    public Uri? ReportUrl { get; init; }

    /// <summary>
    /// A file that keeps the last document that was good, for the user of the process alone: a start while nobody answers serves that. Certificates that the document holds are written
    /// beside it.
    /// </summary>
    /// <value>A path. Default: nothing is kept, and a document with certificates is refused.</value>
    public string? StateFile { get; init; }

    /// <summary>The port of HTTP routes without a certificate.</summary>
    /// <value>1 to 65535. Default: 80.</value>
    public int HttpPort { get; init; } = 80;

    /// <summary>The port of HTTP routes with a certificate.</summary>
    /// <value>1 to 65535. Default: 443.</value>
    public int HttpsPort { get; init; } = 443;
}
