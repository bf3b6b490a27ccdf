using System.Text.Json;
using System.Text.Json.Serialization;
using MovieQA.Tokens;

namespace MovieQA.Storage.Rows;

internal sealed class ContentHashConverter : JsonConverter<ContentHash>
{
    public override ContentHash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ParseHash(reader.GetString());

    public override void Write(Utf8JsonWriter writer, ContentHash value, JsonSerializerOptions options) => writer.WriteStringValue(value.Hex);

    internal static ContentHash ParseHash(string? hex)
    {
        try
        {
            return ContentHash.Parse(hex ?? "");
        }
        catch (FormatException wrong)
        {
            throw new JsonException(wrong.Message, wrong);
        }
    }
}

internal sealed class StreamKeyConverter : JsonConverter<StreamKey>
{
    public override StreamKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(ContentHashConverter.ParseHash(reader.GetString()));

    public override void Write(Utf8JsonWriter writer, StreamKey value, JsonSerializerOptions options) => writer.WriteStringValue(value.Hex);
}
