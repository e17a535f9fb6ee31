using System.Text;
using L4Proxy.Configuration.Reading;
using static L4Proxy.Explaining.Clients.ImaginedWords;

namespace L4Proxy.Explaining.Clients;

/// <summary>A CONNECT (MQTT 3.1.1 section 3.1, 5.0 section 3.1).</summary>
internal sealed class MqttClient() : ImaginedClient("mqtt", ClientId, UserName, Version)
{
    private const string ClientId = "mqtt.clientid";
    private const string UserName = "mqtt.username";
    private const string Version = "mqtt.version";
    private const byte HasUserName = 0x80;
    private const byte Clean = 0x02;

    public override byte[] Write(ImaginedWords words, bool isDatagram)
    {
        byte[] name = words.Get(Version) switch
        {
            "3.1" => [.. Vector16("MQIsdp"u8), 3],
            null or "3.1.1" => [.. Vector16("MQTT"u8), 4],
            "5" => [.. Vector16("MQTT"u8), 5],
            var other => throw new FormatException($"'{Version}' must be 3.1, 3.1.1 or 5, not {Quote.Text(other)}."),
        };
        var user = words.Get(UserName);
        byte[] body =
        [
            .. name, (byte)(user is null ? Clean : Clean | HasUserName), 0, 60, .. name[^1] == 5 ? (byte[])[0] : [],
            .. Vector16(Encoding.UTF8.GetBytes(words.Get(ClientId) ?? "")), .. user is null ? [] : Vector16(Encoding.UTF8.GetBytes(user)),
        ];
        return [0x10, .. Length(body.Length), .. body];
    }

    /// <summary>Seven bits a byte, the lowest first.</summary>
    private static List<byte> Length(int length)
    {
        var bytes = new List<byte>();
        for (; length >= 0x80; length >>= 7)
            bytes.Add((byte)(length | 0x80));
        bytes.Add((byte)length);
        return bytes;
    }
}
