using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Anneal.Engine.Tensors;

namespace Anneal.Engine.Kernels;

/// <summary>Work that falls into independent parts: an unmanaged struct with its pointers and scalars.</summary>
public interface IParallelJob
{
    /// <summary>Does one part.</summary>
    /// <param name="part">Which part, from 0.</param>
    /// <param name="worker">Which thread does it, from 0; only for indexing <see cref="ThreadTeam.Scratch"/>, never for the result.</param>
    void Part(int part, int worker);
}

/// <summary>
/// Threads that live as long as the team and take parts in turn; the caller is one of them. Nothing is allocated per call.
/// Which thread does which part is open, so a part must write its own places only, and results do not depend on the number of threads.
/// One call at a time, not from within a part.
/// </summary>
public sealed unsafe class ThreadTeam : IDisposable
{
    // About 50 microseconds: longer than the gaps between the operators of a step, short enough to leave the core to others.
    private const int SpinsBeforeSleep = 1000;

    private readonly object gate = new();
    private readonly NativeBuffer?[] scratch;
    private readonly NativeBuffer pointers;
    private readonly float** scratchOf;
    private NativeBuffer? shared;

    // The open call. Its parts are claimed by counting down the low half of ticket; the high half numbers the calls,
    // so that a late thread can never claim from a call whose job it did not see.
    private delegate*<void*, int, int, void> invoke;
    private void* job;
    private int parts;
    private long ticket;
    private int done;
    private int sleepers;
    private ExceptionDispatchInfo? failure;
    private bool closed;

    /// <summary>Starts a team.</summary>
    /// <param name="threads">Threads with the caller's, 1 or more. One thread means plain loops.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is less than 1.</exception>
    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        scratch = new NativeBuffer?[threads];
        pointers = new NativeBuffer(threads * (sizeof(float*) / sizeof(float)));
        scratchOf = (float**)pointers.Pointer;
        for (int worker = 1; worker < threads; worker++)
        {
            int number = worker;
            new Thread(() => Work(number)) { IsBackground = true, Name = $"team {number}" }.Start();
        }
    }

    /// <summary>Threads with the caller's.</summary>
    public int Threads { get; }

    /// <summary>Runs parts 0 to parts - 1 and returns when all are done. An exception of a part is thrown again here.</summary>
    /// <param name="parts">Number of parts, 0 or more.</param>
    /// <param name="part">What to do with a part; keep the delegate and call with it again, so that nothing is allocated.</param>
    public void Run(int parts, Action<int> part) => Run(parts, &InvokeAction, Unsafe.AsPointer(ref part));

    /// <summary>Runs parts 0 to parts - 1 of a job and returns when all are done.</summary>
    /// <param name="parts">Number of parts, 0 or more.</param>
    /// <param name="job">The job; all threads see this one copy.</param>
    public void Run<TJob>(int parts, ref TJob job)
        where TJob : unmanaged, IParallelJob
    {
        fixed (TJob* pointer = &job) Run(parts, &Invoke<TJob>, pointer);
    }

    /// <summary>Memory for each worker, taken before a call and kept between calls; its contents are arbitrary.</summary>
    /// <param name="floats">Length that each worker needs, at least.</param>
    /// <returns>One pointer a worker, valid until the next <see cref="Scratch"/>.</returns>
    public float** Scratch(long floats)
    {
        for (int worker = 0; worker < Threads; worker++) scratchOf[worker] = Grow(ref scratch[worker], floats);
        return scratchOf;
    }

    /// <summary>Memory that all workers of a call share, taken before the call and kept between calls; its contents are arbitrary.</summary>
    /// <param name="floats">Length that is needed, at least.</param>
    public float* SharedScratch(long floats) => Grow(ref shared, floats);

    /// <summary>Ends the threads and frees the scratch memory.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }

        // Scratch memory goes with the last reference: a thread may still look for work.
    }

    private static void Invoke<TJob>(void* job, int part, int worker)
        where TJob : unmanaged, IParallelJob => ((TJob*)job)->Part(part, worker);

    // The state is the address of the caller's argument, on its stack until the call is over.
    private static void InvokeAction(void* action, int part, int worker) => Unsafe.AsRef<Action<int>>(action)(part);

    private static float* Grow(ref NativeBuffer? buffer, long floats)
    {
        if (buffer is null || buffer.Length < floats)
        {
            buffer?.Dispose();
            buffer = new NativeBuffer(floats);
        }

        return buffer.Pointer;
    }

    private void Run(int count, delegate*<void*, int, int, void> function, void* state)
    {
        if (Threads == 1 || count <= 1)
        {
            for (int part = 0; part < count; part++) function(state, part, 0);
            return;
        }

        if ((int)Volatile.Read(ref ticket) != 0 || parts != 0)
            throw new InvalidOperationException("ThreadTeam: a call is still open; calls cannot be nested or made from two threads.");

        invoke = function;
        job = state;
        parts = count;
        done = 0;
        Interlocked.Exchange(ref ticket, (((ticket >> 32) + 1) << 32) | (uint)count);
        if (Volatile.Read(ref sleepers) > 0)
        {
            lock (gate) Monitor.PulseAll(gate);
        }

        while (TakePart(0))
        {
        }

        var wait = new SpinWait();
        while (Volatile.Read(ref done) < count) wait.SpinOnce(sleep1Threshold: -1);
        parts = 0;
        if (Interlocked.Exchange(ref failure, null) is { } thrown) thrown.Throw();
    }

    private bool TakePart(int worker)
    {
        while (true)
        {
            long seen = Volatile.Read(ref ticket);
            int left = (int)seen;
            if (left == 0) return false;
            if (Interlocked.CompareExchange(ref ticket, seen - 1, seen) != seen) continue;
            try
            {
                invoke(job, parts - left, worker);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
            }

            Interlocked.Increment(ref done);
            return true;
        }
    }

    private void Work(int worker)
    {
        while (true)
        {
            int spins = 0;
            while (spins < SpinsBeforeSleep)
            {
                if (TakePart(worker)) spins = 0;
                else
                {
                    spins++;
                    Thread.SpinWait(10);
                }
            }

            lock (gate)
            {
                Interlocked.Increment(ref sleepers);
                while ((int)Volatile.Read(ref ticket) == 0 && !closed) Monitor.Wait(gate);
                Interlocked.Decrement(ref sleepers);
                if (closed) return;
            }
        }
    }
}
