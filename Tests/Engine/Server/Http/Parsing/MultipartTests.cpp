// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <catch2/catch.hpp>

#include "Server/Http/Parsing/Multipart.h"

using namespace tableread::engine;

namespace
{
const std::string disposition = "Content-Disposition: form-data; name=";

std::string part (const std::string& head, const std::string& content)
{
    return "--b\r\n" + head + "\r\n\r\n" + content + "\r\n";
}

std::string form (const std::string& head, const std::string& content = "x")
{
    return part (head, content) + "--b--\r\n";
}

int statusOfForm (const std::string& body)
{
    const auto parts = parseMultipart ("b", body);
    if (parts)
        return 0;
    CHECK (parts.error().why.size() < 200);
    return parts.error().status;
}

double msOf (const std::string& body)
{
    const auto begin = std::chrono::steady_clock::now();
    (void) parseMultipart ("b", body);
    return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begin).count();
}
} // namespace

TEST_CASE ("Forms as clients send them are divided into their parts", "[engine][server][http][form]")
{
    const std::string sound ("RIFF\0\r\n--\r\n\xff", 12);
    const auto body =
        part (disposition + "\"name\"", "Ada") +
        part (disposition + R"("audio_sample"; filename="a \"b\" c.wav"; filename*=UTF-8''ada%20b.wav)" +
                  "\r\nContent-Type: audio/wav\r\nContent-Transfer-Encoding: binary",
              sound) +
        part ("content-disposition:FORM-DATA ; NAME=consent", "") + "--b--";
    for (const auto* end : { "", "\r\n" })
    {
        const auto whole = body + end;
        const auto parts = parseMultipart ("b", whole);
        REQUIRE (parts);
        REQUIRE (parts->size() == 3);
        CHECK (parts->at (0).name == "name");
        CHECK (parts->at (0).content == "Ada");
        CHECK (parts->at (1).name == "audio_sample");
        CHECK (parts->at (1).content == sound);
        CHECK (parts->at (1).content.data() >= whole.data()); // not a copy
        CHECK (parts->at (1).content.data() < whole.data() + whole.size());
        CHECK (parts->at (2).name == "consent");
        CHECK (parts->at (2).content.empty());
    }
    CHECK (parseMultipart ("b", "--b--\r\n").value().empty());
}

TEST_CASE ("A form that is cut anywhere is refused", "[engine][server][http][form]")
{
    const auto body = part (disposition + R"("audio_sample"; filename="a.wav")", "sound\r\n--\r\n-b") +
                      part (disposition + "name\r\nContent-Type: text/plain", "Ada") + "--b--";
    REQUIRE (statusOfForm (body) == 0);
    for (std::size_t size = 0; size < body.size(); ++size)
    {
        CAPTURE (size);
        CHECK (statusOfForm (body.substr (0, size)) == 400);
    }
}

TEST_CASE ("A form in doubt is refused", "[engine][server][http][form]")
{
    const auto name = disposition + "a";
    REQUIRE (statusOfForm (form (name)) == 0);
    for (const auto& head : { std::string ("Content-Type: text/plain"),
                              disposition,
                              disposition + "\"\"",
                              disposition + "\"a",
                              disposition + "\"a\\",
                              disposition + "a b",
                              disposition + "a; name=c",
                              disposition + "a; ;",
                              disposition + "a; filename",
                              disposition + "a; =c",
                              disposition + "a filename=c",
                              std::string ("Content-Disposition: attachment; name=a"),
                              std::string (name).append ("\r\n").append (name),
                              name + "\r\n folded",
                              name + "\r\nX : y",
                              name + "\r\nno colon",
                              name + "\rX: y",
                              name + "\nX: y",
                              "\r\n" + name,
                              name + "\r\nX: \x01",
                              name + "\r\nContent-Transfer-Encoding: base64",
                              name + "; b=1; c=1; d=1; e=1; f=1; g=1; h=1; i=1",
                              name + "\r\nX: " + std::string (MultipartLimits {}.headBytes, 'x') })
    {
        CAPTURE (head);
        CHECK (statusOfForm (form (head)) == 400);
    }
    const auto whole = form (name);
    CHECK (statusOfForm ("preamble\r\n" + whole) == 400);
    CHECK (statusOfForm ("\r\n" + whole) == 400);
    CHECK (statusOfForm (whole + "more") == 400);
    CHECK (statusOfForm (whole + "\r\n") == 400);
    CHECK (statusOfForm (form (name, "text\r\n--bc\r\n")) == 400); // begins like a boundary
    CHECK (statusOfForm ("--b \r\n" + whole.substr (5)) == 400);
    std::string many;
    for (std::size_t i = 0; i < MultipartLimits {}.parts; ++i)
        many += part (name, "x");
    CHECK (statusOfForm (many + "--b--") == 0);
    CHECK (statusOfForm (many + form (name)) == 400);
}

TEST_CASE ("A form costs time in proportion to its size", "[engine][server][http][form]")
{
    std::string head = disposition + '"';
    for (int i = 0; i < 320; ++i)
        head += "\";filename=\";filename*=";
    CHECK (statusOfForm (form (head)) == 400);
    CHECK (msOf (form (head)) < 100);
    // Almost boundaries, a megabyte of them: a search that begins anew at each byte takes minutes.
    std::string almost;
    while (almost.size() < 1'000'000)
        almost += "\r\n-\r\n--\r\r\n";
    const auto body = form (disposition + "a", almost);
    CHECK (statusOfForm (body) == 0);
    CHECK (msOf (body) < 10'000);
}

TEST_CASE ("A form's boundary is in its Content-Type", "[engine][server][http][form]")
{
    CHECK (boundaryOf ("multipart/form-data; boundary=b").value() == "b");
    CHECK (boundaryOf ("Multipart/Form-Data;charset=utf-8 ; BOUNDARY=\"a b?c\"").value() == "a b?c");
    const std::string longest (70, 'x');
    CHECK (boundaryOf ("multipart/form-data; boundary=" + longest).value() == longest);
    const auto status = [] (const std::string& type) { return boundaryOf (type).error().status; };
    for (const auto* other : { "", "application/json", "multipart/mixed; boundary=b", "multipart/form-data2",
                               "multipart / form-data; boundary=b" })
        CHECK (status (other) == 415);
    for (const auto& none :
         { std::string(), std::string ("; boundary"), std::string ("; boundary="),
           std::string ("; boundary=\"\""), std::string ("; boundary=\"b"), std::string ("; boundary=a b"),
           std::string ("; boundary=\"a \""), std::string ("; boundary=a; boundary=b"),
           std::string ("; boundary=\"\xc3\xa4\""), "; boundary=x" + longest })
    {
        CAPTURE (none);
        CHECK (status ("multipart/form-data" + none) == 400);
    }
}
