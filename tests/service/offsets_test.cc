// Ranges in UTF-16 code units, against ICU's strings, which are made of them.
#include "service/offsets.h"

#include <gtest/gtest.h>
#include <unicode/unistr.h>

#include <string>
#include <vector>

#include "tests/service/server_fixture.h"
#include "tests/support/fake_models.h"

namespace signalbook {
namespace {

icu::UnicodeString Utf16(const std::string& utf8) { return icu::UnicodeString::fromUTF8(utf8); }

const std::vector<std::string>& Messages() {
  static const std::vector<std::string> messages = {
      "",
      "plain",
      "a🇨🇦é",
      "🇨🇦🇨",
      "👩‍🚀 at 🇿🇿, 👍🏽!",
      "e\u0301 cafe\u0301 🇨🇦 o\u0302\u0323 x",         // NFC changes these
      "𝒜𝓁𝓁 𐐷 letters 🇨🇦 above U+FFFF 𠮷野家",          // two code units each
      "\u1100\u1161\u11A8 한국 🇰🇷 \u0958 \U0001D15E",  // Hangul from jamo, and what NFC takes apart
      "Hello world 🇨🇦 https://example.com/a?b=c @ana ❤️",
      "مرحبا 🇨🇦 בעולם",
      std::string("a\0🇨🇦", 10),
  };
  return messages;
}

// The same range: of `bytes` in UTF-8, of `units` in UTF-16.
void ExpectSame(const std::string& text, const v1::ByteRange& bytes, const v1::ByteRange& units) {
  const icu::UnicodeString before = Utf16(text.substr(0, bytes.begin()));
  const icu::UnicodeString own = Utf16(text.substr(bytes.begin(), bytes.end() - bytes.begin()));
  EXPECT_EQ(units.begin(), before.length()) << text;
  EXPECT_EQ(units.end() - units.begin(), own.length()) << text;
  EXPECT_EQ(Utf16(text).tempSubStringBetween(units.begin(), units.end()), own) << text;
}

using OffsetsTest = ServerTest;

TEST_F(OffsetsTest, PiecesOfATranslation) {
  Start(std::make_shared<IdentityModel>());
  v1::TranslateTextRequest request;
  for (const std::string& message : Messages()) request.add_contents(message);
  request.set_source_language_code("en");
  for (const char* target : {"es", "ar", "zh"}) {
    request.set_target_language_code(target);
    for (const v1::EmojiMode mode : {v1::EMOJI_MODE_KEEP, v1::EMOJI_MODE_KEEP_AND_NAME}) {
      request.set_emoji_mode(mode);
      request.set_offset_encoding(v1::OFFSET_ENCODING_UTF8);
      v1::TranslateTextResponse in_bytes;
      ASSERT_TRUE(Translate(request, &in_bytes).ok());
      request.clear_offset_encoding();
      v1::TranslateTextResponse by_default;
      ASSERT_TRUE(Translate(request, &by_default).ok());
      EXPECT_EQ(in_bytes.SerializeAsString(), by_default.SerializeAsString());
      request.set_offset_encoding(v1::OFFSET_ENCODING_UTF16);
      v1::TranslateTextResponse in_units;
      ASSERT_TRUE(Translate(request, &in_units).ok());
      for (int i = 0; i < request.contents_size(); ++i) {
        const v1::Translation& bytes = in_bytes.translations(i);
        const v1::Translation& units = in_units.translations(i);
        ASSERT_EQ(bytes.translated_text(), units.translated_text());
        ASSERT_EQ(bytes.pieces_size(), units.pieces_size());
        for (int piece = 0; piece < bytes.pieces_size(); ++piece) {
          ExpectSame(request.contents(i), bytes.pieces(piece).source_range(),
                     units.pieces(piece).source_range());
          ExpectSame(bytes.translated_text(), bytes.pieces(piece).target_range(),
                     units.pieces(piece).target_range());
        }
      }
    }
  }
}

TEST_F(OffsetsTest, ClustersOfAnAnalysis) {
  Start(nullptr);
  v1::AnalyzeTextRequest request;
  for (const std::string& message : Messages()) request.add_contents(message);
  v1::AnalyzeTextResponse in_bytes;
  ASSERT_TRUE(Analyze(request, &in_bytes).ok());
  request.set_offset_encoding(v1::OFFSET_ENCODING_UTF16);
  v1::AnalyzeTextResponse in_units;
  ASSERT_TRUE(Analyze(request, &in_units).ok());
  for (int i = 0; i < request.contents_size(); ++i) {
    const v1::Analysis& bytes = in_bytes.analyses(i);
    const v1::Analysis& units = in_units.analyses(i);
    ASSERT_EQ(bytes.clusters_size(), units.clusters_size());
    int end = 0;
    for (int c = 0; c < bytes.clusters_size(); ++c) {
      ExpectSame(request.contents(i), bytes.clusters(c).range(), units.clusters(c).range());
      EXPECT_EQ(units.clusters(c).range().begin(), end) << "they tile the message";
      end = units.clusters(c).range().end();
    }
    EXPECT_EQ(end, Utf16(request.contents(i)).length());
  }
}

TEST_F(OffsetsTest, OnAStream) {
  Start(nullptr);
  grpc::ClientContext context;
  const auto stream = stub_->StreamTranslateText(&context);
  v1::StreamTranslateTextRequest request;
  request.mutable_translate()->add_contents("🇨🇦 🇨🇦");
  request.mutable_translate()->set_target_language_code("es");
  request.mutable_translate()->set_offset_encoding(v1::OFFSET_ENCODING_UTF16);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->WritesDone());
  v1::StreamTranslateTextResponse answer;
  ASSERT_TRUE(stream->Read(&answer));
  const auto& pieces = answer.response().translations(0).pieces();
  ASSERT_FALSE(pieces.empty());
  EXPECT_EQ(pieces[pieces.size() - 1].source_range().end(), 9);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(OffsetsClassTest, InAnyOrder) {
  const std::string text = "a🇨🇦é𠮷";
  Offsets offsets(text, /*utf16=*/true);
  for (const size_t byte : {0, 1, 5, 9, 11, 15, 9, 1, 0, 15, 11}) {
    EXPECT_EQ(offsets.At(byte), static_cast<size_t>(Utf16(text.substr(0, byte)).length())) << byte;
  }
  Offsets bytes(text, /*utf16=*/false);
  EXPECT_EQ(bytes.At(9), 9u);
}

}  // namespace
}  // namespace signalbook
