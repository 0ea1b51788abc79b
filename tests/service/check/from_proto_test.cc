#include "service/check/from_proto.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/request.h"
#include "service/response.h"
#include "tests/support/fake_models.h"
#include "tests/support/test_book.h"

namespace signalbook::check {
namespace {

v1::TranslateTextRequest RequestOf(const std::string& text, v1::EmojiMode mode) {
  v1::TranslateTextRequest request;
  request.add_contents(text);
  request.set_source_language_code("en");
  request.set_target_language_code("ar");
  request.set_emoji_mode(mode);
  request.add_dialects("slack");
  return request;
}

void ExpectSame(const Piece& actual, const Piece& expected) {
  EXPECT_EQ(actual.kind, expected.kind);
  EXPECT_EQ(actual.source, expected.source);
  EXPECT_EQ(actual.target, expected.target);
  EXPECT_EQ(actual.licence, expected.licence);
  EXPECT_EQ(actual.placement, expected.placement);
  EXPECT_EQ(actual.entry, expected.entry);
  ASSERT_EQ(actual.model == nullptr, expected.model == nullptr);
  if (actual.model != nullptr) {
    EXPECT_EQ(*actual.model, *expected.model);
  }
  ASSERT_EQ(actual.refusal == nullptr, expected.refusal == nullptr);
  if (actual.refusal != nullptr) {
    EXPECT_EQ(*actual.refusal, *expected.refusal);
  }
}

TEST(FromProtoTest, GivesBackWhatTheDomainSent) {
  const std::shared_ptr<Model> models[] = {
      nullptr, std::make_shared<IdentityModel>(),
      std::make_shared<HostileModel>(Hostility::kDropMarkers),
      std::make_shared<HostileModel>(Hostility::kDoubleMarkers)};
  for (const std::shared_ptr<Model>& model : models) {
    const Translator& translator = TestTranslator(model);
    for (const char* text :
         {"", "thanks 🇨🇦 🇿🇿", "see https://example.org, I like dogs🐶and cats",
          "ok. lol :wave: 👩‍👩‍👧‍👧‍👧", "call me at 🏠 then 🇸🇻 tomorrow"}) {
      for (const v1::EmojiMode mode :
           {v1::EMOJI_MODE_KEEP, v1::EMOJI_MODE_NAME, v1::EMOJI_MODE_KEEP_AND_NAME}) {
        SCOPED_TRACE(text);
        const v1::TranslateTextRequest request = RequestOf(text, mode);
        const absl::StatusOr<TranslateInput> input = CheckRequest(request, translator.book());
        ASSERT_TRUE(input.ok());
        const Translation sent = translator.Translate(input->messages, input->options).front();
        v1::TranslateTextResponse response;
        Answer(translator, *input, &response);
        const absl::StatusOr<Translation> back = FromProto(response.translations(0));
        ASSERT_TRUE(back.ok()) << back.status();
        EXPECT_EQ(back->text, sent.text);
        EXPECT_EQ(back->verdict, sent.verdict);
        EXPECT_EQ(back->detected_language, sent.detected_language);
        ASSERT_EQ(back->pieces.size(), sent.pieces.size());
        for (size_t i = 0; i < sent.pieces.size(); ++i) {
          ExpectSame(back->pieces[i], sent.pieces[i]);
        }
      }
    }
  }
}

TEST(FromProtoTest, NamesWhatMeansNothing) {
  const struct {
    const char* error;
    void (*spoil)(v1::Translation*);
  } rows[] = {
      {"pieces[1].kind: 0 says nothing",
       [](v1::Translation* t) { t->mutable_pieces(1)->clear_kind(); }},
      {"pieces[0].licence: 77 says nothing",
       [](v1::Translation* t) { t->mutable_pieces(0)->set_licence(static_cast<v1::Licence>(77)); }},
      {"pieces[0].placement: 0 says nothing",
       [](v1::Translation* t) { t->mutable_pieces(0)->clear_placement(); }},
      {"pieces[0].source_range: [-1, 2) lies before the text",
       [](v1::Translation* t) { t->mutable_pieces(0)->mutable_source_range()->set_begin(-1); }},
      {"pieces[0].target_range: [0, -2) lies before the text",
       [](v1::Translation* t) { t->mutable_pieces(0)->mutable_target_range()->set_end(-2); }},
      {"pieces[0].refusal.reason: 99 says nothing",
       [](v1::Translation* t) {
         t->mutable_pieces(0)->mutable_refusal()->set_reason(static_cast<v1::Reason>(99));
       }},
      {"verdict: 0 says nothing", [](v1::Translation* t) { t->clear_verdict(); }},
  };
  v1::Translation good;
  good.set_translated_text("ab😀");
  good.set_verdict(v1::VERDICT_UNCHANGED);
  for (const auto& [kind, begin, end] :
       {std::tuple(v1::KIND_PROSE, 0, 2), std::tuple(v1::KIND_EMOJI, 2, 6)}) {
    v1::Piece* piece = good.add_pieces();
    piece->set_kind(kind);
    piece->set_licence(v1::LICENCE_COPY);
    piece->set_placement(v1::PLACEMENT_IN_ORDER);
    for (v1::ByteRange* range : {piece->mutable_source_range(), piece->mutable_target_range()}) {
      range->set_begin(begin);
      range->set_end(end);
    }
  }
  ASSERT_TRUE(FromProto(good).ok());
  for (const auto& row : rows) {
    v1::Translation bad = good;
    row.spoil(&bad);
    const absl::StatusOr<Translation> translation = FromProto(bad);
    EXPECT_EQ(translation.status(), absl::InvalidArgumentError(row.error));
  }
}

}  // namespace
}  // namespace signalbook::check
