namespace Anneal.Lab.Watching;

/// <summary>What an exit code says.</summary>
internal static class ExitWords
{
    /// <summary>Megatron-LM's rerun machine asks to be started again, to tell a passing fault from a lasting one.</summary>
    public const int ResumeToDisambiguate = 16;

    /// <summary>Megatron-LM's rerun machine found a result that does not repeat: the hardware is at fault, a restart there is of no use.</summary>
    public const int ResultValidationFailed = 17;

    /// <summary>There is such a file, and it is no program that can be run.</summary>
    public const int CannotRun = 126;

    /// <summary>There is no such program.</summary>
    public const int NotFound = 127;

    /// <summary>In a sentence about the command, without its subject.</summary>
    /// <param name="code">128 + signal for a killed command.</param>
    public static string Of(int code) => code switch
    {
        0 => "ended",
        ResumeToDisambiguate => "ended with exit code 16: Megatron's rerun machine asks to be started again from its checkpoint",
        ResultValidationFailed => "ended with exit code 17: Megatron's rerun machine found a result that does not repeat; suspect the hardware",
        137 => "was killed (signal 9): by the system for memory, or by hand",
        139 => "crashed (signal 11, segmentation fault)",
        134 => "crashed (signal 6, abort)",
        > 128 and < 128 + 65 => $"was killed by signal {code - 128}",
        _ => $"ended with exit code {code}",
    };
}
