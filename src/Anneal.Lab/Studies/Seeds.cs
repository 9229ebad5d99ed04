using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Anneal.Lab.Studies;

/// <summary>Fresh seeds, each for one purpose, derived from the study's so that they need no memory.</summary>
internal static class Seeds
{
    // Above it a double, and so JSON, no longer holds every whole number.
    private const ulong Mask = (1UL << 53) - 1;

    /// <summary>A seed from 0 to 2^53 - 1.</summary>
    /// <param name="study">The study's seed.</param>
    /// <param name="purpose">What it is for; equal purposes get equal seeds.</param>
    public static long Derive(long study, string purpose)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{study}/{purpose}"));
        return (long)(BinaryPrimitives.ReadUInt64LittleEndian(hash) & Mask);
    }
}
