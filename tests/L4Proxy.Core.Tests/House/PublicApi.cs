using System.Reflection;
using System.Text;

namespace L4Proxy.Core.Tests.House;

/// <summary>
/// The public surface of an assembly as text, a line a member: a promise that is changed only on purpose. Run the tests
/// with L4PROXY_UPDATE=1 to write it anew.
/// </summary>
public static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static void Verify(Assembly assembly, string file)
    {
        var path = Repository.PathOf(file);
        var actual = Describe(assembly);
        if (Environment.GetEnvironmentVariable("L4PROXY_UPDATE") == "1")
            File.WriteAllText(path, actual);
        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", actual);
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(NameOf(type)).Append('\n');
            foreach (var member in type.GetMembers(Declared).Where(IsVisible).Select(Line).Order(StringComparer.Ordinal))
                text.Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static string NameOf(Type type) => $"{(type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsAbstract && type.IsSealed ? "static class" : "class")} {type}"
        + (type.BaseType is { } parent && parent != typeof(object) && !type.IsEnum ? $" : {parent}" : "");

    private static string Line(MemberInfo member) =>
        $"    {member}{(member is PropertyInfo { SetMethod: { IsPublic: true } set } ? set.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " { get; init; }" : " { get; set; }" : "")}";

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodInfo { IsSpecialName: true } or MethodInfo { Name: "PrintMembers" or "<Clone>$" or "Equals" or "GetHashCode" or "ToString" } => false,
        MethodBase method => method.IsPublic || method.IsFamily,
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo { Name: "EqualityContract" } => false,
        PropertyInfo property => property.GetMethod is { IsPublic: true } or { IsFamily: true },
        TypeInfo nested => nested.IsNestedPublic,
        _ => true,
    };
}
