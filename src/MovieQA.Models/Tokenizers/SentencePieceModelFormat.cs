using System.Buffers.Binary;
using System.Text;

namespace MovieQA.Models.Tokenizers;

/// <summary>
/// <c>tokenizer.model</c> as bytes: the few fields of <c>sentencepiece_model.proto</c> that decide ids. Fields that are not known are skipped,
/// as the protocol-buffer format wants it; settings that would change ids and are not implemented here are refused by name.
/// </summary>
public static class SentencePieceModelFormat
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    /// <exception cref="InvalidDataException">Not such a file, cut off, or with a setting that is not implemented.</exception>
    public static SentencePieceModel Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}. Copy the checkpoint's tokenizer.model again.", e);
        }
    }

    public static SentencePieceModel Parse(ReadOnlySpan<byte> file)
    {
        var pieces = new List<SentencePiece>();
        var algorithm = 1;
        var (addDummyPrefix, removeExtraWhitespaces, byteFallback) = (true, true, false);
        int unknown = 0, begin = 1, end = 2, pad = -1;
        var reader = new FieldReader(file);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1:
                    pieces.Add(ParsePiece(reader.Message()));
                    break;
                case 2: // trainer_spec
                    var trainer = new FieldReader(reader.Message());
                    while (trainer.Next(out var setting))
                    {
                        switch (setting)
                        {
                            case 3: algorithm = trainer.Int(); break;
                            case 24: Refuse(trainer.Int() != 0, "treat_whitespace_as_suffix"); break;
                            case 35: byteFallback = trainer.Int() != 0; break;
                            case 40: unknown = trainer.Int(); break;
                            case 41: begin = trainer.Int(); break;
                            case 42: end = trainer.Int(); break;
                            case 43: pad = trainer.Int(); break;
                            default: trainer.Skip(); break;
                        }
                    }

                    break;
                case 3: // normalizer_spec
                    var normalizer = new FieldReader(reader.Message());
                    while (normalizer.Next(out var setting))
                    {
                        switch (setting)
                        {
                            case 2: Refuse(normalizer.Message().Length > 0, "precompiled_charsmap (a normalisation other than identity)"); break;
                            case 3: addDummyPrefix = normalizer.Int() != 0; break;
                            case 4: removeExtraWhitespaces = normalizer.Int() != 0; break;
                            case 5: Refuse(normalizer.Int() == 0, "escape_whitespaces = false"); break;
                            default: normalizer.Skip(); break;
                        }
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (algorithm is not (1 or 2))
        {
            throw new InvalidDataException($"model type {algorithm} is neither unigram (1) nor BPE (2)");
        }

        if (pieces.Count == 0)
        {
            throw new InvalidDataException("a SentencePiece model without pieces");
        }

        return new SentencePieceModel(
            pieces, (SentencePieceAlgorithm)algorithm, addDummyPrefix, removeExtraWhitespaces, byteFallback, unknown, begin, end, pad);
    }

    /// <summary>The bytes of a file that <see cref="Parse"/> and the original library read back.</summary>
    public static byte[] Write(SentencePieceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var file = new FieldWriter();
        foreach (var piece in model.Pieces)
        {
            var message = new FieldWriter();
            message.Text(1, piece.Text);
            message.Float(2, piece.Score);
            if (piece.Kind != SentencePieceKind.Normal)
            {
                message.Int(3, (int)piece.Kind);
            }

            file.Message(1, message);
        }

        var trainer = new FieldWriter();
        trainer.Int(3, (int)model.Algorithm);
        trainer.Int(4, model.Pieces.Count);
        trainer.Int(35, model.ByteFallback ? 1 : 0);
        trainer.Int(40, model.UnknownId);
        trainer.Int(41, model.BeginId);
        trainer.Int(42, model.EndId);
        trainer.Int(43, model.PadId);
        file.Message(2, trainer);

        var normalizer = new FieldWriter();
        normalizer.Text(1, "identity");
        normalizer.Int(3, model.AddDummyPrefix ? 1 : 0);
        normalizer.Int(4, model.RemoveExtraWhitespaces ? 1 : 0);
        normalizer.Int(5, 1);
        file.Message(3, normalizer);
        return file.ToArray();
    }

    private static SentencePiece ParsePiece(ReadOnlySpan<byte> message)
    {
        var text = "";
        var score = 0f;
        var kind = 1;
        var reader = new FieldReader(message);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1: text = Encoding.UTF8.GetString(reader.Message()); break;
                case 2: score = reader.Float(); break;
                case 3: kind = reader.Int(); break;
                default: reader.Skip(); break;
            }
        }

        return new SentencePiece(text, score, (SentencePieceKind)kind);
    }

    private static void Refuse(bool present, string setting)
    {
        if (present)
        {
            throw new InvalidDataException($"the model uses {setting}, which is not implemented");
        }
    }

    /// <summary>Walks the fields of one protocol-buffer message.</summary>
    private ref struct FieldReader(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> rest = message;
        private int wire;

        public bool Next(out int field)
        {
            field = 0;
            if (rest.IsEmpty)
            {
                return false;
            }

            var tag = ReadVarint();
            wire = (int)(tag & 7);
            field = (int)(tag >> 3);
            return true;
        }

        public int Int()
        {
            Expect(Varint);
            return unchecked((int)ReadVarint());
        }

        public float Float()
        {
            Expect(Fixed32);
            return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
        }

        public ReadOnlySpan<byte> Message()
        {
            Expect(Bytes);
            var length = ReadVarint();
            return Take(length > (ulong)rest.Length ? int.MaxValue : (int)length);
        }

        public void Skip()
        {
            switch (wire)
            {
                case Varint: ReadVarint(); break;
                case Fixed64: Take(8); break;
                case Bytes: Message(); break;
                case Fixed32: Take(4); break;
                default: throw new InvalidDataException($"not a SentencePiece model (wire type {wire})");
            }
        }

        private readonly void Expect(int expected)
        {
            if (wire != expected)
            {
                throw new InvalidDataException($"not a SentencePiece model (wire type {wire}, expected {expected})");
            }
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > rest.Length)
            {
                throw new InvalidDataException("the file ends inside a field");
            }

            var taken = rest[..count];
            rest = rest[count..];
            return taken;
        }

        private ulong ReadVarint()
        {
            var value = 0UL;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var next = Take(1)[0];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }

            throw new InvalidDataException("not a SentencePiece model (a number of more than 64 bits)");
        }
    }

    private sealed class FieldWriter
    {
        private readonly MemoryStream bytes = new();

        public void Int(int field, int value)
        {
            WriteVarint((ulong)((field << 3) | Varint));
            WriteVarint(unchecked((ulong)(long)value));
        }

        public void Float(int field, float value)
        {
            WriteVarint((ulong)((field << 3) | Fixed32));
            Span<byte> buffer = stackalloc byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(buffer, value);
            bytes.Write(buffer);
        }

        public void Text(int field, string value) => Raw(field, Encoding.UTF8.GetBytes(value));

        public void Message(int field, FieldWriter message) => Raw(field, message.ToArray());

        public byte[] ToArray() => bytes.ToArray();

        private void Raw(int field, ReadOnlySpan<byte> value)
        {
            WriteVarint((ulong)((field << 3) | Bytes));
            WriteVarint((ulong)value.Length);
            bytes.Write(value);
        }

        private void WriteVarint(ulong value)
        {
            while (value >= 0x80)
            {
                bytes.WriteByte((byte)(value | 0x80));
                value >>= 7;
            }

            bytes.WriteByte((byte)value);
        }
    }
}
