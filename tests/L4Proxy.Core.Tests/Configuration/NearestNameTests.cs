using L4Proxy.Configuration.Reading;

namespace L4Proxy.Core.Tests.Configuration;

public class NearestNameTests
{
    [Theory]
    [InlineData("Clusterid2", "ClusterId")]
    [InlineData("clusterid", "ClusterId")]
    [InlineData("CulsterId", "ClusterId")]
    [InlineData("Cluster", "ClusterId")]
    [InlineData("Endpoint", "Endpoints")]
    [InlineData("Ordre", "Order")]
    [InlineData("Ednpoints", "Endpoints")]
    [InlineData("", null)]
    [InlineData("xyzzy", null)]
    [InlineData("Or", null)]
    public void The_nearest_name_is_the_one_with_the_fewest_typing_errors(string name, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(name, ["Endpoints", "ClusterId", "Order"]));

    [Fact]
    public void Names_that_nobody_would_type_are_not_compared() =>
        Assert.Null(NearestName.Find(new string('a', 100_000), [new string('a', 100_001)]));

    [Fact]
    public void The_first_of_equally_near_names_is_taken() => Assert.Equal("b1", NearestName.Find("b", ["b1", "b2"]));
}
