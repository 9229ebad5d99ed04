using Anneal.Lab.Execution;

namespace Anneal.Server.Mcp.Tools;

/// <summary>What this machine can do.</summary>
internal static class DoctorTool
{
    public static LabTool Of(McpLab lab) => new("doctor", "Looks at this machine: cores, instruction set, measured peak, memory, disk, which researchers have keys (never their values), sandbox, programs.", Hints.Reads,
        Schema.Input(), Schema.Output(("ok*", Schema.Flag("A study can run here.")), ("checks*", Schema.List("One for each.", Schema.Output(("name*", Schema.Text("What.")), ("value*", Schema.Text("What was found.")))))),
        (_, _) => Task.FromResult(Checkup.Document([.. Checkup.All(lab.Directory)])), lab.Log);
}
