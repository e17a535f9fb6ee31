using System.Text.Json;

namespace L4Proxy.Api.Live;

/// <summary>A connection or a flow, as the API shows it.</summary>
internal static class ConnectionJson
{
    public static void Write(Utf8JsonWriter json, L4SessionInfo session)
    {
        json.WriteStartObject();
        json.WriteNumber("id", session.Id);
        json.WriteString("protocol", session.IsUdp ? "udp" : "tcp");
        json.WriteString("endpoint", session.EndpointId);
        WriteText(json, "route", session.RouteId);
        WriteText(json, "cluster", session.ClusterId);
        WriteText(json, "destination", session.DestinationId);
        WriteText(json, "client", session.ClientEndPoint?.ToString());
        WriteText(json, "upstream", session.UpstreamEndPoint?.ToString());
        WriteText(json, "sni", session.ServerName);
        json.WriteNumber("bytesUp", session.BytesUp);
        json.WriteNumber("bytesDown", session.BytesDown);
        json.WriteString("since", session.Since);
        if (session.EndReason != L4EndReason.None)
            json.WriteString("endReason", session.EndReason.ToString());
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }
}
