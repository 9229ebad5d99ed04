namespace Anneal.Runs.Protocol;

/// <summary>Files that are replaced whole: a reader sees the old content or the new, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside the target and renames over it. With <paramref name="durable"/> the content is on disk before the rename.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable = false)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(content);
                if (durable) stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }
}
