using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using L4Proxy.Configuration;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>Writes the values of an object and of those that it leads to, as far as they are L4Proxy's own, but for the configuration as it was given.</summary>
internal sealed class Fields
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    public static string Of(object root)
    {
        var fields = new Fields();
        fields.Write("", root);
        return fields._text.ToString();
    }

    private void Write(string path, object? value)
    {
        switch (value)
        {
            case string or bool or int or long or double or TimeSpan or TimeZoneInfo or Enum:
                _text.Append(CultureInfo.InvariantCulture, $"{path} = {value}\n");
                break;
            // What is made of it by the builder: the header of a cluster is such a record, with its defaults filled in.
            case not L4ProxyProtocolOut when value is null || AllShapes.Records.Any(shape => shape.Type == value.GetType()):
                break;
            case IEnumerable items:
                if (_seen.Add(items))
                    items.Cast<object>().Index().ToList().ForEach(item => Write($"{path}[{item.Index}]", item.Item));
                break;
            default:
                if (IsOwn(value) && _seen.Add(value))
                    WriteFields(path, value);
                break;
        }
    }

    private static bool IsOwn(object value) => value.GetType() is var type
        && (type.Namespace?.StartsWith(nameof(L4Proxy), StringComparison.Ordinal) == true || type.Name.StartsWith("KeyValuePair", StringComparison.Ordinal))
        && value is not Delegate;

    private void WriteFields(string path, object value)
    {
        _text.Append(CultureInfo.InvariantCulture, $"{path} : {value.GetType().Name}\n");
        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                Write($"{path}.{field.Name}", field.GetValue(value));
        }
    }
}
