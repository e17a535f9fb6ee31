using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class LdapPrefaceTests
{
    private static readonly LdapPreface s_ldap = new();

    [Theory]
    [InlineData(6, "300c020101600702010304008000")] // ldapsearch -x: bind.
    [InlineData(6, "301d02010177188016312e332e362e312e342e312e313436362e3230303337")] // ldapsearch -ZZ.
    [InlineData(10, "30840000001002010160840000000702010304008000")] // Lengths as Microsoft's clients write them.
    [InlineData(9, "300802047fffffff4200")] // An unbind, and the largest id.
    [InlineData(6, "30050201014200")]
    public void A_request_is_known_by_the_operation(int at, string hex) => PrefixAssert.FoundAt(at, s_ldap, Convert.FromHexString(hex));

    [Theory]
    [InlineData("31")]
    [InlineData("3080")] // A length that is not definite.
    [InlineData("3085")]
    [InlineData("3004")] // Too short for any.
    [InlineData("300c03")] // No id.
    [InlineData("300c0200")]
    [InlineData("300c0205")]
    [InlineData("30050204ffffffff42")] // Its id is negative.
    [InlineData("30050204000000014200")] // It does not fit.
    [InlineData("300c02010161070a010004000400")] // A server's answer.
    public void Anything_else_is_not_it(string hex) => PrefixAssert.NotMine(s_ldap, Convert.FromHexString(hex));
}
