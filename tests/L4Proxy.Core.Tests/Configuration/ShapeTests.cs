using System.Reflection;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Core.Tests.Configuration;

public class ShapeTests
{
    [Fact]
    public void Every_record_of_the_configuration_has_a_shape()
    {
        var records = typeof(L4Config).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == typeof(L4Config).Namespace && type.GetMethod("<Clone>$") is not null)
            // L4ConfigError and the like tell about a configuration.
            .Where(type => type == typeof(L4Config) || !type.Name.StartsWith("L4Config", StringComparison.Ordinal));

        Assert.Equal(
            records.OrderBy(type => type.Name, StringComparer.Ordinal),
            AllShapes.Records.Select(shape => shape.Type).OrderBy(type => type.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_property_of_a_record_is_a_key_in_the_same_order()
    {
        foreach (var shape in AllShapes.Records)
        {
            Assert.Equal(
                shape.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name),
                shape.Keys.Select(key => key.Name));
        }
    }

    [Fact]
    public void A_key_reads_the_property_of_its_name_and_no_other()
    {
        foreach (var shape in AllShapes.Records)
        {
            foreach (var key in shape.Keys)
            {
                var record = Activator.CreateInstance(shape.Type)!;
                Assert.Null(key.Get(record));
                var property = shape.Type.GetProperty(key.Name)!;
                property.SetValue(record, ValueOf(property.PropertyType));

                Assert.Equal(property.GetValue(record), key.Get(record));
                Assert.All(shape.Keys.Where(other => other != key), other => Assert.Null(other.Get(record)));
            }
        }
    }

    [Fact]
    public void The_shape_of_a_key_is_that_of_its_property()
    {
        foreach (var shape in AllShapes.Records)
        {
            foreach (var key in shape.Keys)
                Assert.True(Fits(key.Shape, shape.Type.GetProperty(key.Name)!.PropertyType), $"{shape.Type.Name}.{key.Name}");
        }
    }

    [Fact]
    public void A_default_is_allowed()
    {
        foreach (var scalar in AllShapes.Records.SelectMany(shape => shape.Keys).Select(key => key.Shape).OfType<ScalarShape>())
            Assert.True(scalar.Default is null || scalar.IsAllowed(scalar.Default, out _));
    }

    private static bool Fits(ConfigShape shape, Type property)
    {
        var type = Nullable.GetUnderlyingType(property) ?? property;
        return shape switch
        {
            TextShape => type == typeof(string),
            BooleanShape => type == typeof(bool),
            IntegerShape => type == typeof(int),
            LongShape => type == typeof(long),
            NumberShape => type == typeof(double),
            DurationShape => type == typeof(TimeSpan),
            TimeOfDayShape => type == typeof(TimeOnly),
            NameShape => type.IsEnum && shape.GetType().GetGenericArguments()[0] == type,
            RecordShape record => record.Type == type,
            ListShape list => type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) && Fits(list.Element, type.GetGenericArguments()[0]),
            MapShape map => type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) && Fits(map.Element, type.GetGenericArguments()[1]),
            _ => false,
        };
    }

    private static object? ValueOf(Type property)
    {
        var type = Nullable.GetUnderlyingType(property) ?? property;
        if (type == typeof(string))
            return "x";
        if (!type.IsGenericType)
            return Activator.CreateInstance(type);
        return type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? Array.CreateInstance(type.GetGenericArguments()[0], 0)
            : Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GetGenericArguments()));
    }
}
