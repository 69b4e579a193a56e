// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/Safetensors/Header.h"

#include <catch2/catch.hpp>

#include "Support/Failure.h"
#include "Support/SafetensorsWriter.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
SafetensorsHeader parse (const std::string& file)
{
    return SafetensorsHeader::parse (std::as_bytes (std::span (file)), "model.safetensors");
}

Error refusal (const std::string& file)
{
    return failureOf ([&] { parse (file); });
}

/** A header's text with ' for ", followed by `dataBytes` of data. */
std::string bent (std::string header, std::size_t dataBytes)
{
    std::replace (header.begin(), header.end(), '\'', '"');
    return safetensorsOf (header, std::string (dataBytes, '\1'));
}
} // namespace

TEST_CASE ("A safetensors header says where each tensor is", "[engine][checkpoint]")
{
    const auto file = SafetensorsWriter()
                          .addFloats ("b", { 2, 3 }, { 1, 2, 3, 4, 5, 6 })
                          .add ("a", "BF16", {}, "xy")
                          .add ("c", "I8", { 3 }, "abc")
                          .add ("d", "F8_E4M3", { 1, 1 }, "e")
                          .add ("e", "F16", { 1 }, "fg")
                          .add ("f", "I64", { 1 }, "12345678")
                          .file();
    const auto header = parse (file);
    REQUIRE (header.entries.size() == 6);
    CHECK (header.entries[0].name == "b");
    CHECK (header.entries[0].dtype == DType::Float32);
    CHECK (header.entries[0].shape == std::vector<std::int64_t> { 2, 3 });
    CHECK (header.entries[0].begin == 0);
    CHECK (header.entries[0].end == 24);
    CHECK (header.entries[1].shape.empty());
    CHECK (header.entries[1].dtype == DType::BFloat16);
    CHECK (header.entries[2].dtype == DType::Int8);
    CHECK (header.entries[3].dtype == DType::Float8E4M3);
    CHECK (header.entries[4].dtype == DType::Float16);
    CHECK (header.entries[5].dtype == DType::Int64);
    CHECK (file.substr (header.dataStart + header.entries[2].begin, 3) == "abc");
}

TEST_CASE ("A safetensors header may hold what costs nothing to allow", "[engine][checkpoint]")
{
    const auto [header, dataBytes, tensors] = GENERATE (table<std::string, std::size_t, std::size_t> ({
        { "{}", 0, 0 },
        { "{}   ", 0, 0 },
        { "{'__metadata__':{'format':'pt','deep':{'dtype':[[{}]]}}}", 0, 0 },
        { "{'__metadata__':{'dtype':'X','shape':3},'a':{'dtype':'I8','shape':[1],'data_offsets':[0,1]}}", 1,
          1 },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,1],'extra':{'shape':[-1.5,null,true]}}}", 1, 1 },
        { "{'a':{'data_offsets':[1,3],'shape':[1],'dtype':'F16'},'b':{'dtype':'I8','shape':[1],'data_offsets'"
          ":[0,1]}}",
          3, 2 }, // misaligned, and out of order
        { "{'a':{'dtype':'F32','shape':[0,9],'data_offsets':[1,1]},'b':{'dtype':'I8','shape':[1],'data_"
          "offsets':[0,1]}}",
          1, 2 },
        { "{'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0]},'b':{'dtype':'F32','shape':[0],'data_"
          "offsets':[0,0]}}",
          0, 2 },
    }));
    INFO (header);
    CHECK (parse (bent (header, dataBytes)).entries.size() == tensors);
}

TEST_CASE ("A lying safetensors header is refused with the tensor's name", "[engine][checkpoint]")
{
    const auto [header, dataBytes, words] = GENERATE (table<std::string, std::size_t, std::string> ({
        // offsets
        { "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 7,
          "tensor \"a\" ends at byte 8 of the data, of which the file has 7: it is truncated" },
        { "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}", 8, "before its begin at 8" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[18446744073709551615,0]}}", 1, "before its begin" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,18446744073709551615]}}", 1, "it is truncated" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,18446744073709551616]}}", 1, "data_offsets" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[-1,0]}}", 1, "data_offsets: one list of 2" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0]}}", 1,
          "lacks its dtype, shape or data_offsets" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,1,2]}}", 1, "data_offsets: one list of 2" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[[0],1]}}", 1, "data_offsets" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':'0,1'}}", 1, "data_offsets" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':{'0':0,'1':1}}}", 1, "needs a data_offsets" },
        { "{'a':{'dtype':'I8','shape':{'0':1},'data_offsets':[0,1]}}", 1, "needs a shape" },
        { "{'a':{'dtype':'I8','shape':[{'0':1}],'data_offsets':[0,1]}}", 1, "needs a shape" },
        { "{'a':{'dtype':{'I8':'I8'},'shape':[1],'data_offsets':[0,1]}}", 1, "needs a dtype" },
        // sizes
        { "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}", 8,
          "has 8 bytes, its shape and type F32 need 12" },
        { "{'a':{'dtype':'BF16','shape':[],'data_offsets':[0,4]}}", 4,
          "has 4 bytes, its shape and type BF16 need 2" },
        { "{'a':{'dtype':'I8','shape':[4294967296,4294967296],'data_offsets':[0,0]}}", 0,
          "more bytes than can be" },
        { "{'a':{'dtype':'F32','shape':[4611686018427387904],'data_offsets':[0,0]}}", 0,
          "more bytes than can be" },
        { "{'a':{'dtype':'I8','shape':[9223372036854775808],'data_offsets':[0,0]}}", 0, "shape: one list" },
        { "{'a':{'dtype':'I8','shape':[-1],'data_offsets':[0,1]}}", 1, "shape: one list" },
        { "{'a':{'dtype':'I8','shape':[1.5],'data_offsets':[0,1]}}", 1, "shape: one list" },
        { "{'a':{'dtype':'I8','shape':[null],'data_offsets':[0,1]}}", 1, "shape: one list" },
        { "{'a':{'dtype':'I8','shape':[1,1,1,1,1,1,1,1,1],'data_offsets':[0,1]}}", 1, "at most 8" },
        { "{'a':{'dtype':'I8','shape':1,'data_offsets':[0,1]}}", 1, "shape: one list" },
        { "{'a':{'dtype':'I8','shape':[[1]],'data_offsets':[0,1]}}", 1, "shape: one list" },
        { "{'a':{'dtype':'I8','shape':['1'],'data_offsets':[0,1]}}", 1, "shape: one list" },
        // fields
        { "{'a':{'shape':[1],'data_offsets':[0,1]}}", 1, "\"a\" lacks" },
        { "{'a':{'dtype':'I8','data_offsets':[0,1]}}", 1, "\"a\" lacks" },
        { "{'a':{'dtype':'I8','shape':[1]}}", 1, "\"a\" lacks" },
        { "{'a':{}}", 0, "\"a\" lacks" },
        { "{'a':{'dtype':8,'shape':[1],'data_offsets':[0,1]}}", 1, "dtype: one text" },
        { "{'a':{'dtype':['I8'],'shape':[1],'data_offsets':[0,1]}}", 1, "dtype: one text" },
        { "{'a':{'dtype':'I8','dtype':'I8','shape':[1],'data_offsets':[0,1]}}", 1, "dtype: one text" },
        { "{'a':{'dtype':'I8','shape':[1],'shape':[1],'data_offsets':[0,1]}}", 1, "shape: one list" },
        // tiling
        { "{'a':{'dtype':'I8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'I8','shape':[2],'data_offsets':"
          "[1,3]}}",
          3, "\"b\" overlaps \"a\" (byte 1, expected 2)" },
        { "{'a':{'dtype':'I8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'I8','shape':[2],'data_offsets':"
          "[0,2]}}",
          2, "overlaps" },
        { "{'a':{'dtype':'I8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'I8','shape':[0],'data_offsets':"
          "[1,1]}}",
          2, "overlaps" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,1]},'b':{'dtype':'I8','shape':[1],'data_offsets':"
          "[2,3]}}",
          3, "\"b\" leaves a gap after \"a\"" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[1,2]}}", 2,
          "leaves a gap after the start of the data" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,1]}}", 3, "2 bytes after its last tensor" },
        { "{}", 1, "1 bytes after" },
        // names
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,1]},'a':{'dtype':'I8','shape':[1],'data_offsets':"
          "[1,2]}}",
          2, "names \"a\" twice" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,1]},'\\u0061':{'dtype':'I8'}}", 2,
          "names \"a\" twice" },
        { "{'__metadata__':{},'__metadata__':{}}", 0, "twice" },
        // the JSON itself
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,1]}", 1, "not valid JSON" },
        { "{'a':{'dtype':'I8','shape':[1],'data_offsets':[0,1]}}x", 1, "not valid JSON" },
        { "{'a':1}", 0, "not an object that describes tensors" },
        { "{'a':-1}", 0, "not an object that describes tensors" },
        { "{'a':'I8'}", 0, "not an object that describes tensors" },
        { "{'a':null}", 0, "not an object that describes tensors" },
        { "{'a':[]}", 0, "not an object that describes tensors" },
        { "{'__metadata__':[]}", 0, "not an object that describes tensors" },
        { "[]", 0, "does not begin with {" },
        { " {}", 0, "does not begin with {" },
        { "", 0, "does not begin with {" },
    }));
    INFO (header);
    const auto error = refusal (bent (header, dataBytes));
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK (error.where == "model.safetensors");
    CHECK_THAT (error.message, Catch::Contains (words));
}

TEST_CASE ("A tensor of an unknown element type is kept by the type's name, without a size",
           "[engine][checkpoint]")
{
    const auto header =
        parse (bent ("{'a':{'dtype':'F64','shape':[1],'data_offsets':[0,8]},'b':{'dtype':'F4',"
                     "'shape':[3],'data_offsets':[8,10]},'c':{'dtype':'I8','shape':[1],"
                     "'data_offsets':[10,11]}}",
                     11));
    REQUIRE (header.entries.size() == 3);
    CHECK (header.entries[0].dtype == DType::Other);
    CHECK (header.entries[0].otherType == "F64");
    CHECK (header.entries[1].otherType == "F4");
    CHECK (header.entries[2].dtype == DType::Int8);
    CHECK (header.entries[2].otherType.empty());
    CHECK_THAT (refusal (bent ("{'a':{'dtype':'F64','shape':[1],'data_offsets':[0,9]}}", 8)).message,
                Catch::Contains ("it is truncated"));
    CHECK_THAT (refusal (bent ("{'a':{'dtype':'F64','shape':[1],'data_offsets':[0,7]}}", 8)).message,
                Catch::Contains ("belong to no tensor"));
}

TEST_CASE ("A file that is cut short anywhere is refused", "[engine][checkpoint]")
{
    const auto whole =
        SafetensorsWriter().addFloats ("a", { 2 }, { 1, 2 }).add ("b", "I8", { 5 }, "12345").file();
    REQUIRE (parse (whole).entries.size() == 2);
    for (std::size_t length = 0; length < whole.size(); ++length)
    {
        INFO (length << " of " << whole.size() << " bytes");
        CHECK (refusal (whole.substr (0, length)).code == ErrorCode::InvalidInput);
    }
    CHECK (refusal (whole + "!").code == ErrorCode::InvalidInput);
}

TEST_CASE ("A header that claims too much is refused before it is read", "[engine][checkpoint]")
{
    auto file = safetensorsOf ("{}", "");
    file[3] = 0x01; // a little over 16 MiB
    CHECK_THAT (refusal (file).message,
                Catch::Contains ("claims a header of 16777218 bytes, at most 16777216"));
    file[7] = '\xff';
    CHECK_THAT (refusal (file).message, Catch::Contains ("Is this a safetensors file?"));
    for (const char length : { '\x03', '\x05' })
        CHECK_THAT (refusal (std::string (1, length) + std::string (7, '\0') + "{}").message,
                    Catch::Contains ("only 2 follow"));
    CHECK_THAT (refusal ("version https://git-lfs.github.com/spec/v1").message,
                Catch::Contains ("Git LFS pointer"));
    CHECK_THAT (refusal ("").message, Catch::Contains ("0 bytes long"));
}

TEST_CASE ("100 000 tensors are refused", "[engine][checkpoint]")
{
    std::string header = "{";
    for (int i = 0; i < 100'000; ++i)
        header +=
            (i > 0 ? ",'" : "'") + std::to_string (i) + "':{'dtype':'I8','shape':[0],'data_offsets':[0,0]}";
    const auto error = refusal (bent (header + "}", 0));
    CHECK (error.code == ErrorCode::InvalidInput);
    CHECK_THAT (error.message, Catch::Contains ("more than 32768 tensors"));
}

TEST_CASE ("Endless nesting takes no stack", "[engine][checkpoint]")
{
    const auto open = GENERATE (as<std::string> {}, "[", "{'a':");
    std::string header = "{'__metadata__':{'a':";
    for (int i = 0; i < 1'000'000; ++i)
        header += open;
    CHECK_THAT (refusal (bent (header, 0)).message, Catch::Contains ("not valid JSON"));
}

TEST_CASE ("A message quotes a tensor's name cut short and without control characters",
           "[engine][checkpoint]")
{
    const auto error = refusal (bent ("{'\\u001b[2J\\n" + std::string (300, 'x') + "':{}}", 0));
    CHECK_THAT (error.message, Catch::Contains ("\"?[2J?xxx") && Catch::Contains ("x...\" lacks"));
    CHECK (error.message.size() < 300);
}
