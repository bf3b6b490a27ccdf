using MovieQA.Models.Tokenizers;

namespace MovieQA.Models.LlamaVid.Prompts;

/// <summary>The mark in a prompt that visual tokens take the place of (<c>llamavid/constants.py</c>).</summary>
public static class ImagePlaceholder
{
    public const string Text = "<image>";

    /// <summary>Stands among token ids; no id of any vocabulary.</summary>
    public const int Id = -200;

    /// <summary>
    /// Every stretch between marks is cut on its own, with its own leading space, one begin id in front of all
    /// (LLaVA <c>mm_utils.py::tokenizer_image_token</c>).
    /// </summary>
    public static IReadOnlyList<int> Encode(LlamaTokenizer tokenizer, string prompt)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(prompt);
        var ids = new List<int> { tokenizer.BeginId };
        var stretches = prompt.Split(Text);
        for (var i = 0; i < stretches.Length; i++)
        {
            if (i > 0)
            {
                ids.Add(Id);
            }

            ids.AddRange(tokenizer.Encode(stretches[i]));
        }

        return ids;
    }

    /// <summary>Text that a person wrote must not bring marks of its own.</summary>
    public static string RemoveFrom(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Replace(Text, "", StringComparison.Ordinal);
    }
}
