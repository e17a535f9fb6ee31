namespace L4Proxy.Hosting.Tests;
public class UnitTest1 { [Fact] public void T() => Assert.True(true); [Fact] public void S() => Assert.Skip("why"); }
