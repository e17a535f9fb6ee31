using System.Text;
using L4Proxy.Store;

namespace L4Proxy.Api.Records;

/// <summary>Names with their addresses as <c>/etc/hosts</c> has them. What is no name or no address is left out, and spoils no other line.</summary>
internal static class HostsText
{
    public static string Of(StoreState state)
    {
        var text = new StringBuilder("# Kept by L4Proxy: every change of a record replaces this file.\n");
        foreach (var item in state[StoreKind.Record].Values.OrderBy(item => item.Id, StringComparer.Ordinal).Take(RecordPart.MaxRecords))
        {
            if (RecordCheck.IsName(item.Id) && RecordCheck.AddressOf((item.Config as StoreRecord)?.Ip) is { } address)
                text.Append(address).Append(' ').Append(item.Id).Append('\n');
        }
        return text.ToString();
    }
}
