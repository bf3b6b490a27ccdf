using System.Text.Json;

namespace MovieQA.Storage.Rows;

/// <summary>A JSON row with the hash of its text beside it: a row whose text changed on disk counts as not there, and is made again.</summary>
internal readonly record struct CheckedText(string Json, string Checksum)
{
    public static CheckedText Of<T>(T value)
    {
        var json = StoreJson.Write(value);
        return new CheckedText(json, ContentHash.Of(json).Hex);
    }

    public bool TryRead<T>([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
        where T : class
    {
        value = null;
        if (ContentHash.Of(Json).Hex != Checksum)
        {
            return false;
        }

        try
        {
            value = StoreJson.Read<T>(Json);
            return true;
        }
        catch (JsonException)
        {
            // The text is what was written, so a version with another shape of row wrote it: to this one it is no row.
            return false;
        }
    }
}
