using System.Text.Json;
using Anneal.Engine.Custom;
using Anneal.Engine.Models;
using Anneal.Engine.Optimizers;

namespace Anneal.Engine.Training;

/// <summary>
/// A checkpoint directory: <c>model.safetensors</c> (names and shapes as PyTorch reads them), <c>optimizer.safetensors</c>,
/// <c>trainer.json</c>. It is written beside its place, forced to the disk and renamed, so that it is whole or not there.
/// </summary>
public static class Checkpoint
{
    private const string ModelFile = "model.safetensors";
    private const string OptimizerFile = "optimizer.safetensors";
    private const string StateFile = "trainer.json";

    /// <summary>Reads the model of a checkpoint, without its optimizer.</summary>
    /// <param name="directory">Checkpoint directory.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public static Transformer LoadModel(string directory) => LoadModel(directory, null);

    /// <summary>Reads the model of a checkpoint whose blocks a proposal wrote.</summary>
    /// <param name="directory">Checkpoint directory.</param>
    /// <param name="block">The block that it was trained with; null for the configuration's.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or of a model with another kind of block.</exception>
    public static Transformer LoadModel(string directory, CustomBlock? block)
    {
        directory = Locate(directory);
        var options = ReadState(directory).Options;
        var hash = options.Code?.Block ?? "";
        if (hash.Length > 0 && block is null) throw new InvalidDataException($"{directory}: the blocks of this model are code of a proposal ({hash}), and only that can run it.");
        if (hash.Length == 0 && block is not null) throw new InvalidDataException($"{directory}: the blocks of this model are the recipe's; it runs without {block.GetType().Name}.");
        var model = new Transformer(options.Model, options.Vocab, block);
        try
        {
            ReadModel(directory, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }

        return model;
    }

    /// <summary>The options of the run that wrote a checkpoint, and the steps that it had done.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public static (TrainerOptions Options, long Step) Describe(string directory)
    {
        var state = ReadState(Locate(directory));
        return (state.Options, state.Step);
    }

    /// <summary>Whether every parameter and every moment of a checkpoint is a finite number.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public static bool IsFinite(string directory)
    {
        directory = Locate(directory);
        foreach (var file in (string[])[ModelFile, OptimizerFile])
        {
            using var reader = new SafetensorsReader(Path.Combine(directory, file));
            foreach (var name in reader.Names)
            {
                var shape = reader.ShapeOf(name);
                var values = new float[shape.Aggregate(1, (product, size) => checked(product * size))];
                reader.Read(name, shape, values);
                if (values.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) return false;
            }
        }

        return true;
    }

    internal static void Save(Trainer trainer, string directory)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var temporary = $"{directory}.tmp-{Environment.ProcessId}";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        try
        {
            Directory.CreateDirectory(temporary);
            WriteModel(Path.Combine(temporary, ModelFile), trainer.Model);
            WriteOptimizer(Path.Combine(temporary, OptimizerFile), trainer.Optimizer);
            WriteState(Path.Combine(temporary, StateFile), trainer);
        }
        catch (IOException)
        {
            // On a full disk the half of a checkpoint would keep it full.
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            throw;
        }

        // Should we die between the renames, Locate finds the old one under its second name.
        var old = directory + ".old";
        if (Directory.Exists(directory))
        {
            if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
            Directory.Move(directory, old);
        }

        Directory.Move(temporary, directory);
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
    }

    internal static void Restore(Trainer trainer, string directory)
    {
        directory = Locate(directory);
        var state = ReadState(directory);
        var ours = trainer.Options with { Threads = state.Options.Threads };
        if (ours != state.Options)
            throw new InvalidDataException($"{directory}: the checkpoint is of a run with other options: {Difference(state.Options, ours)}.");

        ReadModel(directory, trainer.Model);
        ReadOptimizer(directory, trainer.Optimizer);
        trainer.Optimizer.Restore(state.Updates, state.ParameterSquares);
        trainer.StepCount = state.Step;
        trainer.LearningRateScale = state.LearningRateScale;
        trainer.Clip = state.Clip;
        try
        {
            trainer.Stream.Cursor = state.Cursor;
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{directory}: {error.Message}", error);
        }
    }

    private static void WriteModel(string path, Transformer model)
    {
        using var writer = new SafetensorsWriter(path, model.Parameters.Select(parameter => (parameter.Name, parameter.Shape)));
        foreach (var parameter in model.Parameters) writer.Write(parameter.Value);
        writer.Finish();
    }

    private static void WriteOptimizer(string path, Optimizer optimizer)
    {
        var state = optimizer.State.ToList();
        using var writer = new SafetensorsWriter(path, state.Select(moment => (moment.Name, moment.Shape)));
        foreach (var moment in state) writer.Write(moment.Values);
        writer.Finish();
    }

    private static void WriteState(string path, Trainer trainer)
    {
        var state = new TrainerState
        {
            Step = trainer.StepCount,
            Tokens = trainer.Tokens,
            Updates = trainer.Optimizer.Updates,
            Cursor = trainer.Stream.Cursor,
            LearningRateScale = trainer.LearningRateScale,
            Clip = trainer.Clip,
            ParameterSquares = trainer.Optimizer.ParameterSquares,
            Options = trainer.Options,
        };
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        JsonSerializer.Serialize(stream, state, TrainerStateJson.Default.TrainerState);
        stream.Flush(flushToDisk: true);
    }

    private static string Difference(TrainerOptions there, TrainerOptions here) =>
        Difference(
            "",
            JsonSerializer.SerializeToElement(there, TrainerStateJson.Default.TrainerOptions),
            JsonSerializer.SerializeToElement(here, TrainerStateJson.Default.TrainerOptions)) ?? "unknown";

    // A section that is null is not written.
    private static string? Difference(string key, JsonElement there, JsonElement here)
    {
        if (there.ValueKind != JsonValueKind.Object || here.ValueKind != JsonValueKind.Object)
            return Text(there) == Text(here) ? null : $"{key[1..]}: there {Text(there)}, here {Text(here)}";
        return there.EnumerateObject().Concat(here.EnumerateObject()).Select(property => property.Name).Distinct()
            .Select(name => Difference($"{key}.{name}", Part(there, name), Part(here, name)))
            .FirstOrDefault(difference => difference is not null);

        static JsonElement Part(JsonElement whole, string name) => whole.TryGetProperty(name, out var part) ? part : default;

        static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? "none" : value.ToString();
    }

    private static string Locate(string directory)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (Directory.Exists(directory)) return directory;
        if (Directory.Exists(directory + ".old")) return directory + ".old";
        throw new DirectoryNotFoundException($"{directory}: there is no such checkpoint.");
    }

    private static TrainerState ReadState(string directory)
    {
        var path = Path.Combine(directory, StateFile);
        if (!File.Exists(path)) throw new InvalidDataException($"{directory}: no checkpoint, {StateFile} is missing.");
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(path), TrainerStateJson.Default.TrainerState)
                ?? throw new InvalidDataException($"{path}: empty.");
            if (state.Version != 1) throw new InvalidDataException($"{path}: version {state.Version}; this program knows version 1.");
            state.Options.Demand();
            return state;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static void ReadModel(string directory, Transformer model)
    {
        using var reader = new SafetensorsReader(Path.Combine(directory, ModelFile));
        foreach (var parameter in model.Parameters) reader.Read(parameter.Name, parameter.Shape, parameter.Value);
    }

    private static void ReadOptimizer(string directory, Optimizer optimizer)
    {
        using var reader = new SafetensorsReader(Path.Combine(directory, OptimizerFile));
        foreach (var moment in optimizer.State) reader.Read(moment.Name, moment.Shape, moment.Values);
    }
}
