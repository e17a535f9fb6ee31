namespace L4Proxy.Diagnostics;

/// <summary>Which side each reason is of.</summary>
internal static class EndSides
{
    public static EndSide SideOf(L4EndReason reason) => reason switch
    {
        L4EndReason.None or L4EndReason.Completed or L4EndReason.HandedToHttp or L4EndReason.CancelForwarded => EndSide.None,
        L4EndReason.ClientClosedEarly or L4EndReason.ClientReset or L4EndReason.ClientUnreachable or L4EndReason.ClientTlsFailed or L4EndReason.ClientTlsTimeout
            or L4EndReason.ClientTlsTruncated or L4EndReason.StartTlsInvalid or L4EndReason.ServerNameInvalid or L4EndReason.PrefaceTimeout or L4EndReason.PrefaceTooLarge
            or L4EndReason.ProxyHeaderMissing or L4EndReason.ProxyHeaderInvalid or L4EndReason.ProxyHeaderUntrusted or L4EndReason.ProxyHeaderTimeout => EndSide.Client,
        L4EndReason.NoDestination or L4EndReason.ResolveFailed or L4EndReason.ConnectRefused or L4EndReason.ConnectTimeout or L4EndReason.ConnectUnreachable or L4EndReason.ConnectFailed
            or L4EndReason.UpstreamTlsFailed or L4EndReason.UpstreamTlsTimeout or L4EndReason.UpstreamReset or L4EndReason.UpstreamUnreachable or L4EndReason.UpstreamRefused
            or L4EndReason.UpstreamTlsTruncated or L4EndReason.StartTlsRefused or L4EndReason.DestinationsFull or L4EndReason.DestinationMoved or L4EndReason.DestinationMarkedDown => EndSide.Destination,
        _ => EndSide.Proxy,
    };
}
