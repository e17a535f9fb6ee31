using L4Proxy.Gateway;
using L4Proxy.Gateway.Demo;

try
{
    var arguments = GatewayArguments.Parse(args);
    if (arguments.Help)
        Console.WriteLine(GatewayArguments.Usage);
    else if (arguments.ConfigFile is null)
        await Demonstration.RunAsync();
    else if (arguments.Check)
        await FileCheck.RunAsync(new GatewayFile(arguments.ConfigFile));
    else
        await FileGateway.RunAsync(new GatewayFile(arguments.ConfigFile));
    return 0;
}
catch (GatewayException e)
{
    foreach (var error in e.Errors)
        await Console.Error.WriteLineAsync(error);
    return e.ExitCode;
}
