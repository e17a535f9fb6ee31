using System.Text;
using System.Text.Json.Nodes;
using L4Proxy.Providers.Caddy.Admin;

namespace L4Proxy.Providers.Tests.Caddy.Admin;

public sealed class CaddyTreeTests
{
    [Theory]
    [InlineData("POST", "a", """{"a":1}""")]
    [InlineData("PUT", "a/b/c", """{"a":{"b":{"c":1}}}""")] // Missing parents are made.
    [InlineData("POST", "x", """{"x":1}""", """{"x":0}""")]
    [InlineData("POST", "x", """{"x":[0,1]}""", """{"x":[0]}""")] // Appended.
    [InlineData("PUT", "x/0", """{"x":[1,0]}""", """{"x":[0]}""")]
    [InlineData("PUT", "x/1", """{"x":[0,1]}""", """{"x":[0]}""")]
    [InlineData("PATCH", "x/0", """{"x":[1]}""", """{"x":[0]}""")]
    [InlineData("PATCH", "x", """{"x":1}""", """{"x":0}""")]
    [InlineData("DELETE", "x/0", """{"x":[1]}""", """{"x":[0,1]}""")]
    [InlineData("DELETE", "x", "{}", """{"x":0}""")]
    [InlineData("DELETE", "x", "{}", """{"x":null}""")]
    [InlineData("POST", "x/0/y", """{"x":[{"y":1}]}""", """{"x":[{}]}""")]
    public void Writes(string method, string path, string after, string before = "null") =>
        Assert.Equal(after, CaddyTree.Edit(JsonNode.Parse(before), path.Split('/'), method, JsonValue.Create(1))!.ToJsonString());

    [Fact]
    public void Several_are_appended() =>
        Assert.Equal("""{"x":[0,1,2]}""", CaddyTree.Edit(JsonNode.Parse("""{"x":[0]}"""), ["x", "..."], "POST", JsonNode.Parse("[1,2]"))!.ToJsonString());

    [Theory]
    [InlineData("PUT", "x", 409, """{"x":0}""")]
    [InlineData("PATCH", "y", 404, """{"x":0}""")]
    [InlineData("PATCH", "y", 404, "null")]
    [InlineData("DELETE", "y", 404, """{"x":0}""")]
    [InlineData("DELETE", "x/3", 404, """{"x":[0]}""")]
    [InlineData("DELETE", "x/y/z", 404, """{"x":0}""")]
    [InlineData("PUT", "x/5", 400, """{"x":[0]}""")]
    [InlineData("PUT", "x/-1", 400, """{"x":[0]}""")]
    [InlineData("POST", "x/z", 400, """{"x":[0]}""")]
    [InlineData("PUT", "x/y/z", 400, """{"x":0}""")]
    [InlineData("POST", "x/...", 400, """{"x":[0]}""")]
    public void What_cannot_be_written_changes_nothing(string method, string path, int status, string before)
    {
        var root = JsonNode.Parse(before);

        Assert.Equal(status, Assert.Throws<CaddyProblem>(() => CaddyTree.Edit(root, path.Split('/'), method, JsonValue.Create(1))).Status);
        Assert.Equal(JsonNode.Parse(before)?.ToJsonString(), root?.ToJsonString());
    }

    [Fact]
    public void Objects_are_found_by_their_id()
    {
        var root = JsonNode.Parse("""{"a":[{"@id":"x","n":1},{"b":{"@id":7}}],"@id":"top"}""");

        Assert.Equal(["a", "0"], CaddyTree.FindId(root, "x")!);
        Assert.Equal(["a", "1", "b"], CaddyTree.FindId(root, "7")!);
        Assert.Equal([], CaddyTree.FindId(root, "top")!);
        Assert.Null(CaddyTree.FindId(root, "y"));
        Assert.Null(CaddyTree.FindTwin(root));
        Assert.Equal("x", CaddyTree.FindTwin(JsonNode.Parse("""[{"@id":"x"},{"@id":"x"}]""")));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("\"\\ud800\"x")]
    public void What_is_no_json_is_said(string text) => Assert.Equal(400, Assert.Throws<CaddyProblem>(() => CaddyTree.Parse(Encoding.UTF8.GetBytes(text))).Status);

    [Fact]
    public void Depth_is_bounded() => Assert.Equal(400, Assert.Throws<CaddyProblem>(() => CaddyTree.Parse(Encoding.UTF8.GetBytes(new string('[', 1000)))).Status);
}
