using System.Text;
using CsCheck;
using Reverie.Numerics;

namespace Reverie.Tests.Experience;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string folder;
    private readonly string target;

    public SafetensorsTests()
    {
        folder = Directory.CreateTempSubdirectory("reverie").FullName;
        target = Path.Combine(folder, "state.safetensors");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_type_comes_back_bit_for_bit_with_its_shape()
    {
        Gen.Select(Gen.Long.Array[0, 20], Gen.Double.Array[0, 20], Gen.Float.Array[0, 20], Gen.Byte.Array[0, 20]).Sample(
            (longs, doubles, floats, bytes) =>
            {
                var state = new StateDictionary();
                state.Set("a/ä \"quoted\"", longs);
                state.Set("z", doubles, [1, doubles.Length]);
                state.Set("b", floats);
                state.Set("", bytes, [bytes.Length, 1, 1]);
                Safetensors.Write(target, state);
                var read = Safetensors.Read(target);

                Assert.Equal(state.Names, read.Names);
                Assert.Equal(longs, read.GetInt64("a/ä \"quoted\"").ToArray());
                Assert.Equal(doubles.Select(BitConverter.DoubleToInt64Bits), read.GetDouble("z").ToArray().Select(BitConverter.DoubleToInt64Bits));
                Assert.Equal(floats.Select(BitConverter.SingleToInt32Bits), read.GetSingle("b").ToArray().Select(BitConverter.SingleToInt32Bits));
                Assert.Equal(bytes, read.GetBytes("").ToArray());
                Assert.Equal([1, doubles.Length], read.Shape("z"));
                Assert.Equal([bytes.Length, 1, 1], read.Shape(""));
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public void Equal_content_gives_equal_bytes_whatever_the_order_of_setting()
    {
        var one = new StateDictionary();
        one.Set("x", [1.0]);
        one.Set("y", [2L]);
        Safetensors.Write(target, one);
        byte[] first = File.ReadAllBytes(target);
        var two = new StateDictionary();
        two.Set("y", [2L]);
        two.Set("x", [1.0]);
        Safetensors.Write(target, two);

        Assert.Equal(first, File.ReadAllBytes(target));
        Assert.Equal([target], Directory.GetFiles(folder));
    }

    [Fact]
    public void The_layout_is_the_published_one()
    {
        // A file as another writer makes it: no metadata, arrays listed out of order.
        string header = """{"b":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}""";
        File.WriteAllBytes(target, [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. BitConverter.GetBytes(-3L), .. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f)]);
        var state = Safetensors.Read(target);

        Assert.Equal([-3L], state.GetInt64("a").ToArray());
        Assert.Equal([1.5f, -2f], state.GetSingle("b").ToArray());
        Assert.Equal([2, 1], state.Shape("b"));
    }

    [Theory]
    [InlineData("""[]""", "no JSON object")]
    [InlineData("""{"a":""", "no valid JSON")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "no valid JSON")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""", "type 'BF16'")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}""", "cannot stand")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,80]}}""", "cannot stand")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "take 4 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", "begins at byte 4")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}""", "proper")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", "no array can have")]
    [InlineData("""{"a":{"dtype":"U8","shape":[-1,0],"data_offsets":[0,0]}}""", "no array can have")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,8]}}""", "no array can have")]
    [InlineData("""{"a":7}""", "proper")]
    public void A_header_that_lies_is_refused_with_the_file_named(string header, string complaint)
    {
        File.WriteAllBytes(target, [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[8]]);
        var e = Assert.Throws<StateException>(() => Safetensors.Read(target));

        Assert.Contains(target, e.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Claims_of_giant_headers_are_refused_without_allocating_them()
    {
        File.WriteAllBytes(target, [.. BitConverter.GetBytes(90_000_000L), .. "{}"u8]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<StateException>(() => Safetensors.Read(target));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Throws<StateException>(() => Safetensors.Read(Path.Combine(folder, "missing")));
    }

    [Fact]
    public void Any_truncation_and_any_flipped_bit_is_noticed()
    {
        var state = new StateDictionary();
        state.Set("weights", [1f, 2f, 3f]);
        state.Set("counter", [5L]);
        Safetensors.Write(target, state);
        byte[] good = File.ReadAllBytes(target);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(target, good[..length]);
            Assert.Throws<StateException>(() => Safetensors.Read(target));
        }

        int unnoticed = 0;
        for (int bit = 0; bit < 8 * good.Length; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(target, bad);
            try
            {
                // A flip inside the words "__metadata__" and "sha256" only hides the checksum; the content is whole.
                Assert.Equal([1f, 2f, 3f], Safetensors.Read(target).GetSingle("weights").ToArray());
                Assert.InRange(bit / 8, 8, 34);
                unnoticed++;
            }
            catch (StateException e)
            {
                Assert.Contains(target, e.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(unnoticed, 0, 8 * 26);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_no_temporary_one()
    {
        File.WriteAllText(target, "old");
        var state = new StateDictionary();
        state.Set("__metadata__", [1.0]);

        Assert.Throws<StateException>(() => Safetensors.Write(target, state));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(target, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(target));
        Assert.Equal([target], Directory.GetFiles(folder));
    }
}
