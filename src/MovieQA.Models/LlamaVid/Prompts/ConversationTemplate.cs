using System.Text;

namespace MovieQA.Models.LlamaVid.Prompts;

/// <summary>How a conversation becomes the text a model was trained on (<c>llamavid/conversation.py</c>).</summary>
/// <param name="Name">Upstream's name of it.</param>
/// <param name="Separator">After a user's turn, and after the system text.</param>
/// <param name="AnswerSeparator">After an answer; null where the template has no place for answers.</param>
/// <param name="NamesRoles">Whether <c>USER:</c> and the like stand before each turn.</param>
public sealed record ConversationTemplate(
    string Name, string System, string UserRole, string AssistantRole, string Separator, string? AnswerSeparator, bool NamesRoles)
{
    private const string PoliteToUser =
        "A chat between a curious user and an artificial intelligence assistant. "
        + "The assistant gives helpful, detailed, and polite answers to the user's questions.";

    private const string PoliteToHuman =
        "A chat between a curious human and an artificial intelligence assistant. "
        + "The assistant gives helpful, detailed, and polite answers to the human's questions.";

    /// <summary>Evaluation of all released LLaMA-VID models.</summary>
    public static ConversationTemplate VicunaV1 { get; } = new("vicuna_v1", PoliteToUser, "USER", "ASSISTANT", " ", "</s>", true);

    /// <summary>Training stages 2 and 3; the same text as <see cref="VicunaV1"/>.</summary>
    public static ConversationTemplate ImgspV1 { get; } = VicunaV1 with { Name = "imgsp_v1" };

    /// <summary>Stage 1: a picture and its caption, nothing else.</summary>
    public static ConversationTemplate PlainGuided { get; } = new("plain_guided", "", "", "", "\n", null, false);

    /// <summary>What upstream's command line falls back to; "human" instead of "user", which LLaMA-VID was not trained with.</summary>
    public static ConversationTemplate LlavaV1 { get; } = new("llava_v1", PoliteToHuman, "USER", "ASSISTANT", " ", "</s>", true);

    public static ConversationTemplate LlavaV0 { get; } = new("llava_v0", PoliteToHuman, "Human", "Assistant", "###", "###", true);

    public static IReadOnlyList<ConversationTemplate> All { get; } = [VicunaV1, ImgspV1, PlainGuided, LlavaV1, LlavaV0];

    /// <summary>The prompt of one question: it ends where the answer is to begin, without a space.</summary>
    public string Format(string question) => Format([new ConversationTurn(question, null)]);

    /// <exception cref="InvalidOperationException">An answer in a template that has no place for one.</exception>
    public string Format(IReadOnlyList<ConversationTurn> turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        var text = new StringBuilder(System);
        if (NamesRoles)
        {
            text.Append(Separator);
        }

        foreach (var turn in turns)
        {
            if (turn.Answer is not null && AnswerSeparator is null)
            {
                throw new InvalidOperationException($"template {Name} has no place for answers");
            }

            text.Append(NamesRoles ? $"{UserRole}: " : "").Append(turn.Question).Append(Separator);
            text.Append(NamesRoles ? $"{AssistantRole}:" : "");
            if (turn.Answer is not null)
            {
                text.Append(NamesRoles ? " " : "").Append(turn.Answer).Append(AnswerSeparator);
            }
        }

        return text.ToString();
    }
}

/// <param name="Answer">Null where the model is to answer.</param>
public sealed record ConversationTurn(string Question, string? Answer);
