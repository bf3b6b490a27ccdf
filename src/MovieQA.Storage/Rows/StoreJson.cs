using System.Text.Json;
using System.Text.Json.Serialization;

namespace MovieQA.Storage.Rows;

/// <summary>Manifests and films as text, the same bytes in every store and in every export.</summary>
internal static class StoreJson
{
    private static readonly JsonSerializerOptions Compact = Create(indented: false);
    private static readonly JsonSerializerOptions Indented = Create(indented: true);

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Compact);

    public static string WriteIndented<T>(T value) => JsonSerializer.Serialize(value, Indented) + "\n";

    /// <exception cref="JsonException">The text is no such value.</exception>
    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Compact) ?? throw new JsonException($"expected a {typeof(T).Name}, got null");

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        WriteIndented = indented,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IgnoreReadOnlyProperties = true,
        Converters = { new ContentHashConverter(), new StreamKeyConverter(), new JsonStringEnumConverter() },
    };
}
