using System.Reflection;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Core.Tests.Configuration;

public class ShapeTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    [Fact]
    public void Every_record_of_the_configuration_has_a_shape()
    {
        var records = typeof(L4Config).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(L4Config).Namespace && type.GetMethod("<Clone>$") is not null)
            // L4ConfigError and the like tell about a configuration.
            .Where(type => type == typeof(L4Config) || (type.Name.StartsWith("L4", StringComparison.Ordinal) && !type.Name.StartsWith("L4Config", StringComparison.Ordinal)));

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
                shape.Type.GetProperties(Any).Where(property => property.CanWrite).Select(property => property.Name),
                shape.Keys.Select(key => key.Name));
        }
    }

    [Fact]
    public void What_is_not_supported_yet_is_not_public()
    {
        foreach (var shape in AllShapes.Records)
            Assert.All(shape.Keys, key => Assert.True(PropertyOf(shape, key).GetMethod!.IsPublic));
        var used = AllShapes.Records.SelectMany(shape => shape.Keys, PropertyOf).SelectMany(property => TypesIn(property.PropertyType)).ToHashSet();

        Assert.All(
            typeof(L4Config).Assembly.GetExportedTypes().Where(type => type.IsEnum && type.Namespace == typeof(L4Config).Namespace), type => Assert.Contains(type, used));
        Assert.All(AllShapes.Records.Select(shape => shape.Type).Where(type => type != typeof(L4Config)), type => Assert.Equal(type.IsVisible, used.Contains(type)));
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
                var property = PropertyOf(shape, key);
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
                Assert.True(Fits(key.Shape, PropertyOf(shape, key).PropertyType), $"{shape.Type.Name}.{key.Name}");
        }
    }

    [Fact]
    public void A_default_is_allowed()
    {
        foreach (var key in AllShapes.Records.SelectMany(shape => shape.Keys).Where(key => key.Default is not null))
            Assert.True(((ScalarShape)key.Shape).IsAllowed(key.Default!, out _), key.Name);
    }

    [Fact]
    public void The_least_and_the_greatest_of_each_number_are_allowed_and_no_others()
    {
        foreach (var key in AllShapes.Records.SelectMany(shape => shape.Keys))
        {
            foreach (var (value, isAllowed) in Ends(key.Shape))
                Assert.True(((ScalarShape)key.Shape).IsAllowed(value, out _) == isAllowed, $"{key.Name}: {value}");
        }
    }

    private static PropertyInfo PropertyOf(RecordShape shape, ConfigKey key) => shape.Type.GetProperty(key.Name, Any)!;

    private static IEnumerable<Type> TypesIn(Type type) => type.IsGenericType ? type.GetGenericArguments().SelectMany(TypesIn) : [type];

    private static IEnumerable<(object Value, bool IsAllowed)> Ends(ConfigShape shape) => shape switch
    {
        NumberShape<int> number => Of(number.Min, number.Max, 1),
        NumberShape<long> number => Of(number.Min, number.Max, 1),
        NumberShape<double> number => [(number.Min, true), (number.Max, true), (Math.BitDecrement(number.Min), false), (Math.BitIncrement(number.Max), false)],
        DurationShape { Min: var min, Max: var max } =>
            // Zero may be another matter: it may be off.
            [(min, true), (max, true), (max + TimeSpan.FromTicks(1), false), (min > TimeSpan.FromTicks(1) ? min - TimeSpan.FromTicks(1) : TimeSpan.FromTicks(-1), false)],
        _ => [],
    };

    private static IEnumerable<(object Value, bool IsAllowed)> Of<T>(T min, T max, T one)
        where T : struct, System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T>
    {
        yield return (min, true);
        yield return (max, true);
        if (min > T.MinValue)
            yield return (min - one, false);
        if (max < T.MaxValue)
            yield return (max + one, false);
    }

    private static bool Fits(ConfigShape shape, Type property)
    {
        var type = Nullable.GetUnderlyingType(property) ?? property;
        return shape switch
        {
            TextShape => type == typeof(string),
            BooleanShape => type == typeof(bool),
            NumberShape<int> => type == typeof(int),
            NumberShape<long> => type == typeof(long),
            NumberShape<double> => type == typeof(double),
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
