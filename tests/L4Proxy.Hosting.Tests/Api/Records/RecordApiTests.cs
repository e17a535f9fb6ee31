using System.Net;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api.Records;

/// <summary>Records in the API's own style, and the file that a name server reads.</summary>
public sealed class RecordApiTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;

    private string HostsPath => Path.Combine(_directory, "l4proxy");

    [Fact]
    [Trait("Row", "E3")]
    public async Task A_record_is_made_changed_and_taken_away()
    {
        await using var app = await ApiApp.StartAsync();
        var made = await app.DoAsync("PUT", "records/A.Example.com", """{ "ip": "2001:DB8::1", "targets": { "one": { "address": "10.0.0.1:80" } } }""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(("a.example.com", "2001:db8::1", "api"), (made.Json.GetProperty("id").GetString(), made.Json.GetProperty("ip").GetString(), made.Json.GetProperty("owner").GetString()));
        var again = await app.DoAsync("PUT", "records/a.example.com", made.Text, ("If-Match", made.ETag!));
        Assert.Equal((HttpStatusCode.OK, made.ETag), (again.Status, again.ETag));

        var patched = await app.DoAsync("PATCH", "records/a.example.com", """{ "targets": { "two": { "address": "10.0.0.2:80", "enabled": false } } }""");
        Assert.Equal(["one", "two"], patched.Json.GetProperty("targets").EnumerateObject().Select(target => target.Name));
        Assert.Equal(made.Json.GetProperty("createdAt").GetString(), patched.Json.GetProperty("createdAt").GetString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await app.SendAsync("DELETE", "records/a.example.com", null, ("If-Match", made.ETag!))).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await app.SendAsync("GET", "records/a.example.com", null, ("If-None-Match", patched.ETag!))).Status);
        Assert.Single((await app.DoAsync("GET", "records")).Json.EnumerateArray());
        Assert.Equal(HttpStatusCode.Conflict, (await app.SendAsync("DELETE", "records/a.example.com?owner=other")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await app.DoAsync("DELETE", "records/a.example.com")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("GET", "records/a.example.com")).Status);
        // Routes that records make are nobody's to see there.
        Assert.Equal("[]", (await app.DoAsync("GET", "routes")).Text);
    }

    [Fact]
    public async Task Everything_wrong_is_said_with_its_path()
    {
        await using var app = await ApiApp.StartAsync();
        var refused = await app.SendAsync("PUT", "records/a.example.com",
            """{ "ip": "1.1", "targets": { "x y": {}, "unix": { "address": "unix:/x" }, "a": { "address": "a:80", "protocol": "https" }, "b": { "address": "b:99999", "protocol": "ftp" } }, "port": 1 }""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal(["$.ip", "$.port", "$.targets", "$.targets", "$.targets.b.address", "$.targets.b.protocol", "$.targets.unix.address"], refused.Errors.Select(error => error.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, (await app.SendAsync("PUT", "records/a.example.com", "{}")).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await app.SendAsync("PUT", "records/a.example.com")).Status);
    }

    [Fact]
    [Trait("Row", "E3")]
    public async Task Many_are_written_at_once_or_none()
    {
        await using var app = await ApiApp.StartAsync();
        await app.DoAsync("PUT", "records/a.example.com", """{ "ip": "10.0.0.1" }""");
        await app.DoAsync("PUT", "records/stays.example.com", """{ "ip": "10.0.0.1" }""");
        var refused = await app.SendAsync("POST", "records", """[{ "id": "a.example.com", "ip": "10.0.0.2" }, { "id": "b.example.com", "ip": "x" }, { "id": "c.example.com", "port": 1 }]""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal(["$[1].ip", "$[2]", "$[2].port"], refused.Errors.Select(error => error.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Equal("10.0.0.1", (await app.DoAsync("GET", "records/a.example.com")).Json.GetProperty("ip").GetString());

        const string Both = """[{ "id": "b.example.com", "ip": "10.0.0.2" }, { "ID": "a.example.com", "targets": { "s": { "address": "10.0.0.3:80" } } }]""";
        await app.DoAsync("POST", "records?dryRun=true", Both);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SendAsync("GET", "records/b.example.com")).Status);
        var written = await app.DoAsync("POST", "records", Both);
        Assert.Equal(["b.example.com", "a.example.com"], written.Json.EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        Assert.Equal(3, written.Json[0].GetProperty("revision").GetInt64());
        Assert.Equal(["a.example.com", "b.example.com", "stays.example.com"], (await app.DoAsync("GET", "records")).Json.EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        // Of the whole, and once: there is no YARP here.
        Assert.Equal([true, false], written.Json.EnumerateArray().Select(item => item.TryGetProperty("warnings", out _)));
        // What was answered can be sent back, and changes nothing.
        var again = await app.DoAsync("POST", "records", written.Text);
        Assert.Equal((3, "3"), (again.Json[1].GetProperty("revision").GetInt64(), again.Headers["L4Proxy-Revision"]));
    }

    [Theory]
    [InlineData("""{ "id": "a.example.com", "ip": "10.0.0.1" }""", "$")]
    [InlineData("""[{ "ip": "10.0.0.1" }]""", "$[0].id")]
    [InlineData("""[{ "id": "ok.example.com", "ip": "10.0.0.1" }, { "id": "A.example.com", "ip": "10.0.0.1" }]""", "$[1].id")]
    [InlineData("""[{ "id": "a.example.com", "ip": "10.0.0.1" }, 5]""", "$[1].id")]
    [InlineData("""[{ "id": "a.example.com", "ip": "10.0.0.1", "owner": "x y" }]""", "$[0].owner")]
    [InlineData("""[{ "id": "a.example.com", "ip": "10.0.0.1" }, { "id": "a.example.com", "ip": "10.0.0.2" }]""", null)]
    [InlineData("""[{ "id": "a.example.com", "ip": "10.0.0.1", "owner": "one" }, { "id": "b.example.com", "ip": "10.0.0.2", "owner": "two" }]""", null)]
    public async Task A_list_that_is_none_is_refused(string body, string? path)
    {
        await using var app = await ApiApp.StartAsync();
        var refused = await app.SendAsync("POST", "records", body);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        if (path is not null)
            Assert.Equal(path, Assert.Single(refused.Errors).Split(':')[0]);
        Assert.Equal("[]", (await app.DoAsync("GET", "records")).Text);
    }

    [Fact]
    [Trait("Row", "E2")]
    public async Task The_hosts_file_has_every_name_from_the_start_and_after_each_change()
    {
        var store = new InMemoryStore();
        await using (var app = await StartAsync(store))
        {
            await FileIsAsync();
            await app.DoAsync("PUT", "records/b.example.com", """{ "ip": "2001:db8::1" }""");
            await app.DoAsync("PUT", "records/a.example.com", """{ "ip": "10.0.0.1" }""");
            await app.DoAsync("PUT", "records/nowhere.example.com", """{ "targets": { "a": { "address": "127.0.0.1:1" } } }""");
            await FileIsAsync("10.0.0.1 a.example.com", "2001:db8::1 b.example.com");
            if (!OperatingSystem.IsWindows())
                Assert.Equal("rw-r--r--", Convert.ToString((int)File.GetUnixFileMode(HostsPath), 8) == "644" ? "rw-r--r--" : "another");
            await app.DoAsync("PUT", "records/a.example.com", """{ "ip": "10.0.0.2" }""");
            await app.DoAsync("DELETE", "records/b.example.com");
            await FileIsAsync("10.0.0.2 a.example.com");
        }
        await File.WriteAllTextAsync(HostsPath, "10.9.9.9 gone.example.com\n", TestContext.Current.CancellationToken);
        await using var again = await StartAsync(store);
        await FileIsAsync("10.0.0.2 a.example.com");
        Assert.Equal([HostsPath], Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task A_hosts_file_that_cannot_be_written_is_tried_again_and_holds_nobody_up()
    {
        Directory.Delete(_directory);
        await using var app = await StartAsync(new InMemoryStore());
        await app.DoAsync("PUT", "records/a.example.com", """{ "ip": "10.0.0.1" }""");
        await Deadline.Until(() => app.Test.CountOf("HostsFileNotWritten") > 0);
        Directory.CreateDirectory(_directory);
        await FileIsAsync("10.0.0.1 a.example.com");
        Assert.Equal(1, app.Test.CountOf("HostsFileNotWritten"));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Task<ApiApp> StartAsync(IL4Store store) => ApiApp.StartAsync(
        configure: builder => builder.Services.AddSingleton(store), map: app => app.MapL4ProxyApi(configure: options => options.Records.HostsFile = HostsPath));

    private Task FileIsAsync(params string[] lines) => Deadline.Until(() => File.Exists(HostsPath) && File.ReadAllLines(HostsPath).Skip(1).SequenceEqual(lines));
}
