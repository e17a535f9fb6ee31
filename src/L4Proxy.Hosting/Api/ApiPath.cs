using System.Globalization;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Api;

/// <summary>Says where an error of the configuration is in the body of a request.</summary>
internal static class ApiPath
{
    /// <summary>An error as the client sees it: by the path in what it sent, where it is there.</summary>
    /// <param name="error">The error.</param>
    /// <param name="root">Where the body stands in the configuration: <c>L4Proxy:Routes:mqtt</c>.</param>
    /// <param name="shape">What the body is.</param>
    public static ApiError Of(L4ConfigError error, string root, ConfigShape shape)
    {
        if (error.Path == root)
            return new("$", error.Path, error.Message);
        return error.Path.StartsWith(root, StringComparison.Ordinal) && error.Path[root.Length] == ':'
            ? new(Of(error.Path[(root.Length + 1)..].Split(':'), shape), error.Path, error.Message)
            : ApiError.Of(error);
    }

    private static string Of(string[] segments, ConfigShape? shape)
    {
        var path = new StringBuilder("$");
        foreach (var segment in segments)
        {
            switch (shape)
            {
                case RecordShape record:
                    var key = record.Find(segment);
                    Append(path, key?.CamelCaseName ?? segment);
                    shape = key?.Shape;
                    break;
                case MapShape map:
                    Append(path, segment);
                    shape = map.Element;
                    break;
                case ListShape list when int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out _):
                    path.Append('[').Append(segment).Append(']');
                    shape = list.Element;
                    break;
                default:
                    Append(path, segment);
                    break;
            }
        }
        return path.ToString();
    }

    private static void Append(StringBuilder path, string name)
    {
        if (name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            path.Append('.').Append(name);
        else
            path.Append("['").Append(name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)).Append("']");
    }
}
