using L4Proxy.Fuzz;
using SharpFuzz;

switch (args)
{
    case ["list"]:
        foreach (var target in FuzzTargets.All)
            Console.WriteLine(target.Name);
        return 0;
    case [var name]:
        // Not a line of an instrumented assembly runs before the fuzzer has given it the memory to write its way to.
        Fuzzer.Run(input => FuzzTargets.Find(name).Run(input));
        return 0;
    case [var name, "seeds", var directory]:
        FuzzTargets.Find(name).WriteSeeds(directory);
        return 0;
    case [var name, "play", .. var files]:
        foreach (var file in files)
        {
            using var input = File.OpenRead(file);
            FuzzTargets.Find(name).Run(input);
        }
        return 0;
    default:
        Console.Error.WriteLine("list | TARGET | TARGET seeds DIRECTORY | TARGET play FILE ...");
        return 2;
}
