namespace L4Proxy.Core.Tests;
public class UnitTest1 { [Fact] public void T() => Assert.True(true); [Fact] public void S() => Assert.Skip("why"); }
