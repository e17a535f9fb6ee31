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
            foreach (var member in type.GetMembers(Declared).Where(IsVisible).Select(m => $"    {m}").Order(StringComparer.Ordinal))
                text.Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static string NameOf(Type type) => $"{(type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsAbstract && type.IsSealed ? "static class" : "class")} {type}"
        + (type.BaseType is { } parent && parent != typeof(object) && !type.IsEnum ? $" : {parent}" : "");

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily) && !member.Name.Contains('<', StringComparison.Ordinal),
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo property => property.GetMethod is { IsPublic: true } or { IsFamily: true },
        TypeInfo nested => nested.IsNestedPublic,
        _ => true,
    };
}
