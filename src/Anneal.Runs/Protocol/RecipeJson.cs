using System.Text.Json;
using System.Text.Json.Serialization;
using Anneal.Runs.Recipes;
using Anneal.Runs.Yaml;

namespace Anneal.Runs.Protocol;

/// <summary>A recipe as one flat object of dotted keys and scalars, by the same table as its YAML.</summary>
internal sealed class RecipeJson : JsonConverter<Recipe>
{
    public override Recipe Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var recipe = new Recipe();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var value = YamlReader.ReadArgument("recipe", reader.GetString() ?? "null");
            recipe = RecipeBinder.Apply(recipe, name, value);
            if (value.Reader.Errors.Count > 0) throw new JsonException(value.Reader.Errors[0].Problem);
        }
        return recipe;
    }

    public override void Write(Utf8JsonWriter writer, Recipe value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var key in RecipeKeys.Written(value)) writer.WriteString(key.Name, key.Get(value));
        foreach (var (domain, weight) in value.Data.Mixture.OrderBy(p => p.Key, StringComparer.Ordinal))
            writer.WriteString($"{RecipeKeys.Mixture}.{domain}", RecipeKeys.Weight.Write(weight));
        writer.WriteEndObject();
    }
}
