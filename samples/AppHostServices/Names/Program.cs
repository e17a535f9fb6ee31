// A name server on the port that the AppHost gives it: every host of "example.test" is 192.0.2.1.
using System.Globalization;
using System.Net;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;

using var host = Host.CreateApplicationBuilder(args).Build();
var port = int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "5354", CultureInfo.InvariantCulture);
using var names = new DnsServer(new UdpServerTransport(new IPEndPoint(IPAddress.Loopback, port)));
names.QueryReceived += AnswerAsync;
names.Start();
await host.RunAsync();
names.Stop();

static Task AnswerAsync(object sender, QueryReceivedEventArgs query)
{
    if (query.Query is not DnsMessage { Questions: [{ RecordType: RecordType.A } question] } message)
        return Task.CompletedTask;
    var answer = message.CreateResponseInstance();
    if (question.Name.IsEqualOrSubDomainOf(DomainName.Parse("example.test")))
        answer.AnswerRecords.Add(new ARecord(question.Name, timeToLive: 60, IPAddress.Parse("192.0.2.1")));
    else
        answer.ReturnCode = ReturnCode.NxDomain;
    query.Response = answer;
    return Task.CompletedTask;
}
