using System.Reflection;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Core.Tests.House;

public class LogEventTests
{
    [Fact]
    public void Every_event_has_an_id_of_its_own_its_methods_name_and_a_line_in_the_docs()
    {
        var docs = Repository.Read("docs/observability.md");
        var events = typeof(Log).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => (Method: method, Event: method.GetCustomAttribute<LoggerMessageAttribute>())).Where(e => e.Event is not null).ToList();
        Assert.NotEmpty(events);
        Assert.Equal(events.Count, events.Select(e => e.Event!.EventId).Distinct().Count());
        foreach (var (method, message) in events)
        {
            Assert.Equal(method.Name, message!.EventName);
            Assert.Contains($"| {message.EventId} | `{method.Name}` | {message.Level} |", docs, StringComparison.Ordinal);
        }
    }
}
