using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using L4Proxy.Store;

namespace L4Proxy.Storage.Sql;

/// <summary>
/// What is to be done for a write, in an order in which every set of changes that may be made can be: owners come first and go last, and what is unique goes before it comes.
/// </summary>
internal sealed class WriteSteps(Statements statements)
{
    private const int MostRows = 1000;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>They, in order.</summary>
    /// <exception cref="StoreException">An item does not say what its kind says.</exception>
    public IEnumerable<SqlStep> Of(StoreWrite write)
    {
        var put = write.Changes.Select(change => change.Item).OfType<StoreItem>().ToLookup(item => item.Kind);
        var gone = write.Changes.Where(change => change.Item is null).ToLookup(change => change.Kind);
        var owners = SqlTable.All[0];
        return
        [
            .. Steps(statements.Delete("listens", "endpoint_id"), Ids(put[StoreKind.Endpoint])),
            // Two may swap their ports.
            .. Steps(statements.Delete("allocations"), Ids(put[StoreKind.Allocation])),
            .. Puts(owners),
            .. SqlTable.All.Skip(1).Reverse().SelectMany(Deletes),
            .. SqlTable.All.Skip(1).SelectMany(Puts),
            .. Steps(statements.PutListens, put[StoreKind.Endpoint].SelectMany(Listens.Of)),
            .. Deletes(owners),
            .. Steps(statements.PutRemoved, gone.SelectMany(changes => changes).Select(Removed)),
        ];

        IEnumerable<SqlStep> Puts(SqlTable table) => Steps(statements.Put(table), put[table.Kind].Select(Item));
        IEnumerable<SqlStep> Deletes(SqlTable table) => Steps(statements.Delete(table.Name), gone[table.Kind].Select(change => Id(change.Id)));
    }

    private static IEnumerable<Action<Utf8JsonWriter>> Ids(IEnumerable<StoreItem> items) => items.Select(item => Id(item.Id));

    private static Action<Utf8JsonWriter> Id(string id) => json => json.WriteString("id", id);

    private static Action<Utf8JsonWriter> Item(StoreItem item) => json =>
    {
        json.WriteString("id", item.Id);
        json.WriteString("owner", item.Owner);
        json.WriteString("body", item.Body);
        ItemColumns.Write(json, item);
    };

    private static Action<Utf8JsonWriter> Removed(StoreChange change) => json =>
    {
        json.WriteNumber("kind", (int)change.Kind);
        json.WriteString("id", change.Id);
    };

    private static IEnumerable<SqlStep> Steps(string sql, IEnumerable<Action<Utf8JsonWriter>> rows) => rows.Chunk(MostRows).Select(chunk => new SqlStep(sql, Array(chunk)));

    private static string Array(Action<Utf8JsonWriter>[] rows)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                row(json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
