// What a line of JSON Lines says, and what is said about a line that is wrong.
#include "service/check/corpus_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "service/strings.h"

namespace signalbook::check {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CorpusLine Parsed(std::string_view text) {
  absl::StatusOr<CorpusLine> line = ParseJsonLine(text);
  EXPECT_TRUE(line.ok()) << text << ": " << line.status();
  return line.ok() ? *std::move(line) : CorpusLine();
}

std::string ErrorOf(std::string_view text) {
  const absl::StatusOr<CorpusLine> line = ParseJsonLine(text);
  if (line.ok()) return "no error";
  EXPECT_TRUE(absl::IsInvalidArgument(line.status())) << line.status();
  return std::string(line.status().message());
}

TEST(CorpusJsonTest, ReadsAllMembers) {
  const CorpusLine line = Parsed(
      R"({"id": "canada", "source": "他在🇨🇦等你。", "from": "zh", "to": "en", "emoji": "name",
          "policy": "strict", "dialects": ["slack", "github"], "market": "CN",
          "candidate": "He's in prison", "origin": "https://example.org/1",
          "expect": {"text": "a", "contains": ["Canada", "b"], "not_contains": ["prison"],
            "verdict": "partly_refused", "reasons": ["GUARDED_CONCEPT", "script"],
            "rules": ["imprisonment"],
            "pieces": [{"text": "Canada", "licence": "BOOK", "kind": "EMOJI", "key": "1F1E8-1F1E6"},
                       {"reason": "blocked"}, {}],
            "emoji_preserved": true, "error": "INVALID_UTF8"}})");
  EXPECT_EQ(line.id, "canada");
  EXPECT_EQ(line.source, "他在🇨🇦等你。");
  EXPECT_EQ(line.from, "zh");
  EXPECT_THAT(line.to, ElementsAre("en"));
  EXPECT_EQ(line.mode, v1::EMOJI_MODE_NAME);
  EXPECT_EQ(line.policy, v1::POLICY_STRICT);
  EXPECT_THAT(line.dialects.value(), ElementsAre("slack", "github"));
  EXPECT_EQ(line.market, "CN");
  EXPECT_EQ(line.candidate, "He's in prison");
  EXPECT_EQ(line.origin, "https://example.org/1");
  EXPECT_EQ(line.expect.text, "a");
  EXPECT_THAT(line.expect.contains, ElementsAre("Canada", "b"));
  EXPECT_THAT(line.expect.not_contains, ElementsAre("prison"));
  EXPECT_EQ(line.expect.verdict, v1::VERDICT_PARTLY_REFUSED);
  EXPECT_THAT(line.expect.reasons, ElementsAre(v1::REASON_GUARDED_CONCEPT, v1::REASON_SCRIPT));
  EXPECT_THAT(line.expect.rules, ElementsAre("imprisonment"));
  EXPECT_EQ(line.expect.emoji_preserved, true);
  EXPECT_EQ(line.expect.error, "INVALID_UTF8");
  ASSERT_EQ(line.expect.pieces.size(), 3u);
  const ExpectedPiece& first = line.expect.pieces[0];
  EXPECT_EQ(first.text, "Canada");
  EXPECT_EQ(first.licence, v1::LICENCE_BOOK);
  EXPECT_EQ(first.kind, v1::KIND_EMOJI);
  EXPECT_EQ(first.key, "1F1E8-1F1E6");
  EXPECT_FALSE(first.reason);
  EXPECT_EQ(line.expect.pieces[1].reason, v1::REASON_BLOCKED);
  EXPECT_FALSE(line.expect.pieces[1].text);
  EXPECT_FALSE(line.expect.pieces[2].kind);
}

TEST(CorpusJsonTest, LeavesOutWhatIsNotSaid) {
  for (const std::string_view text :
       {R"({"source": ""})", R"({"source": "", "expect": null})", R"({"source":"","expect":{}})"}) {
    const CorpusLine line = Parsed(text);
    EXPECT_EQ(line.source, "") << text;
    EXPECT_EQ(line.id, "");
    EXPECT_FALSE(line.from || line.mode || line.policy || line.dialects || line.market ||
                 line.candidate);
    EXPECT_THAT(line.to, IsEmpty());
    EXPECT_TRUE(line.expect.empty());
  }
}

TEST(CorpusJsonTest, WhatIsEmptyIsSaid) {
  const CorpusLine line =
      Parsed(R"({"source": "a", "from": "", "dialects": [], "market": "", "candidate": "",
                 "expect": {"text": ""}})");
  EXPECT_EQ(line.from, "");
  EXPECT_EQ(line.market, "");
  EXPECT_EQ(line.candidate, "");
  EXPECT_THAT(line.dialects.value(), IsEmpty());
  EXPECT_EQ(line.expect.text, "");
}

TEST(CorpusJsonTest, Sources) {
  const struct {
    std::string_view description, text;
    std::string source;
  } kRows[] = {
      {"escapes", R"({"source": "\ud83c\udde8\u0000\n"})", "\U0001F1E8\0\n"s},
      {"bytes that are not UTF-8", R"({"source_base64": "8J+HqP8="})", "\xF0\x9F\x87\xA8\xFF"},
      {"no bytes", R"({"source_base64": ""})", ""},
      {"decomposed letters stay", R"({"source": "e\u0301"})", "e\u0301"},
  };
  for (const auto& row : kRows) EXPECT_EQ(Parsed(row.text).source, row.source) << row.description;
}

TEST(CorpusJsonTest, SeveralLanguages) {
  EXPECT_THAT(Parsed(R"({"source": "a", "to": ["es", "fr"]})").to, ElementsAre("es", "fr"));
}

TEST(CorpusJsonTest, ExpectedTextsAreNfc) {
  const CorpusLine line = Parsed(
      R"({"source": "a", "expect": {"text": "e\u0301", "contains": ["e\u0301"],
          "not_contains": ["e\u0301"], "pieces": [{"text": "e\u0301"}]}})");
  EXPECT_EQ(line.expect.text, "é");
  EXPECT_THAT(line.expect.contains, ElementsAre("é"));
  EXPECT_THAT(line.expect.not_contains, ElementsAre("é"));
  EXPECT_EQ(line.expect.pieces[0].text, "é");
}

TEST(CorpusJsonTest, SaysWhatIsWrong) {
  const struct {
    std::string_view description;
    std::string text;
    std::string_view error;
  } kRows[] = {
      {"truncated", R"({"source": "a")", "not JSON: column 15: "},
      {"truncated in a string", R"({"source": "a)", "not JSON: column 14: "},
      {"two objects", R"({"source": "a"} {})", "not JSON: column 17: "},
      {"a comment", R"(# {"source": "a"})", "not JSON: column 1: "},
      {"half a surrogate pair", R"({"source": "\ud83c"})", "not JSON: column 19: "},
      {"a tab in a string", "{\"source\": \"a\tb\"}", "not JSON: column 14: "},
      {"a number that is none", R"({"source": 1e999})", "not JSON: number overflow"},
      {"a NUL, behind which something is left out", R"({"source": "a"})"s + "\0{}"s,
       "not JSON: column 16: a NUL byte"},
      {"not UTF-8", "{\"source\": \"\xFF\"}",
       "not UTF-8 at byte 13; a message that is not goes into \"source_base64\""},
      {"no object", R"([{"source": "a"}])", "not a JSON object but an array"},
      {"null", "null", "not a JSON object but null"},
      {"no source", R"({"id": "x"})", R"(has no "source")"},
      {"two sources", R"({"source": "a", "source_base64": "YQ=="})",
       R"(has both "source" and "source_base64"; leave one out)"},
      {"bad base64", R"({"source_base64": "Y!"})",
       R"("source_base64" is not base64 (RFC 4648, with padding): "Y!")"},
      {"base64 without padding", R"({"source_base64": "YQ"})", R"("source_base64" is not base64)"},
      {"base64 of the wrong type", R"({"source_base64": 1})",
       R"("source_base64" is a number, not a string)"},
      {"unknown member", R"({"source": "a", "expct": {}})",
       R"(unknown member "expct"; known: id, source, from, to, emoji, policy, dialects, market, )"
       R"(candidate, origin, source_base64, expect)"},
      {"an expectation outside", R"({"source": "a", "text": "b"})", R"(unknown member "text")"},
      {"unknown expectation", R"({"source": "a", "expect": {"txt": "b"}})",
       R"(unknown member "expect.txt"; known: text, contains, not_contains, verdict, reasons, )"
       R"(rules, emoji_preserved, error, pieces)"},
      {"a case's member among expectations", R"({"source": "a", "expect": {"to": "es"}})",
       R"(unknown member "expect.to")"},
      {"unknown member of a piece", R"({"source": "a", "expect": {"pieces": [{}, {"x": 1}]}})",
       R"(unknown member "pieces[1].x"; known: text, licence, kind, reason, key)"},
      {"twice", R"({"source": "a", "source": "b"})", R"(duplicate member "source")"},
      {"twice, spelled differently", R"({"source": "a", "\u0073ource": "b"})",
       R"(duplicate member "source")"},
      {"twice inside", R"({"source": "a", "expect": {"text": "b", "text": "c"}})",
       R"(duplicate member "text")"},
      {"a number for a string", R"({"source": 7})", R"("source" is a number, not a string)"},
      {"null for a string", R"({"source": "a", "id": null})", R"("id" is null, not a string)"},
      {"a list for a string", R"({"source": ["a"]})", R"("source" is an array, not a string)"},
      {"a string for a list", R"({"source": "a", "expect": {"contains": "b"}})",
       R"("contains" is a string, not a list of strings)"},
      {"a number in a list", R"({"source": "a", "dialects": ["slack", 1]})",
       R"("dialects[1]" is a number, not a string)"},
      {"a string for true", R"({"source": "a", "expect": {"emoji_preserved": "true"}})",
       R"("emoji_preserved" is a string, not true or false)"},
      {"expectations that are none", R"({"source": "a", "expect": "b"})",
       R"("expect" is a string, not an object)"},
      {"pieces that are no list", R"({"source": "a", "expect": {"pieces": {}}})",
       R"("pieces" is an object, not a list of objects)"},
      {"a piece that is none", R"({"source": "a", "expect": {"pieces": ["b"]}})",
       R"("pieces[0]" is a string, not an object)"},
      {"no pieces, which compares nothing", R"({"source": "a", "expect": {"pieces": []}})",
       R"("pieces" is empty; leave it out to compare no pieces)"},
      {"no language", R"({"source": "a", "to": []})", R"("to" is empty; leave it out)"},
      {"an empty language", R"({"source": "a", "to": ["es", ""]})", R"("to" is empty)"},
      {"a language twice", R"({"source": "a", "to": ["es", "es"]})", R"("to" names "es" twice)"},
      {"a language of another type", R"({"source": "a", "to": 1})",
       R"("to" is a number, not a string or a list of strings)"},
      {"an empty id", R"({"source": "a", "id": ""})", R"("id" is empty; leave it out)"},
      {"an id of two lines", R"({"source": "a", "id": "a\nb"})",
       R"("id": "a\x0Ab" has a control character)"},
      {"an empty text would be in every answer", R"({"source": "a", "expect": {"contains": [""]}})",
       R"("contains" holds an empty text; leave that out)"},
      {"an empty error", R"({"source": "a", "expect": {"error": ""}})", R"("error" is empty)"},
  };
  for (const auto& row : kRows) {
    const std::string error = ErrorOf(row.text);
    EXPECT_THAT(error, ::testing::StartsWith(std::string(row.error))) << row.description;
    EXPECT_EQ(error.find('\n'), error.npos) << row.description << ": " << error;
  }
}

TEST(CorpusJsonTest, Enums) {
  const struct {
    std::string_view member;  // %: the word
    std::string_view word;
    std::string_view error;  // empty: none
  } kRows[] = {
      {R"("expect": {"verdict": "%"})", "UNCHANGED", ""},
      {R"("expect": {"verdict": "%"})", "rEfUsEd", ""},
      {R"("expect": {"verdict": "%"})", "refuzed",
       R"("verdict": "refuzed" is not one of translated, partly_refused, refused, unchanged)"},
      {R"("expect": {"verdict": "%"})", "VERDICT_REFUSED",
       R"("verdict": "VERDICT_REFUSED" is not)"},
      {R"("expect": {"verdict": "%"})", "unspecified", R"("verdict": "unspecified" is not one of)"},
      {R"("expect": {"verdict": "%"})", "", R"("verdict": "" is not one of translated)"},
      {R"("expect": {"reasons": ["%"]})", "Round_Trip", ""},
      {R"("expect": {"reasons": ["SCRIPT", "%"]})", "nothing",
       R"("reasons": "nothing" is not one of no_model, model_unavailable, deadline, )"},
      {R"("expect": {"pieces": [{"licence": "%"}]})", "phrase", ""},
      {R"("expect": {"pieces": [{"licence": "%"}]})", "license",
       R"("pieces[0].licence": "license" is not one of book, phrase, copy, model)"},
      {R"("expect": {"pieces": [{"kind": "%"}]})", "flag",
       R"("pieces[0].kind": "flag" is not one of prose, emoji, protected)"},
      {R"("expect": {"pieces": [{"reason": "%"}]})", "UNTRANSLATED", ""},
      {R"("policy": "%")", "Strict", ""},
      {R"("policy": "%")", "lax", R"("policy": "lax" is not one of guarded, strict)"},
      {R"("emoji": "%")", "Both", ""},
      {R"("emoji": "%")", "keep_and_name",
       R"("emoji": "keep_and_name" is not one of keep, name, both)"},
  };
  for (const auto& row : kRows) {
    std::string text = StrCat(R"({"source": "a", )", row.member, "}");
    text.replace(text.find('%'), 1, row.word);
    const std::string error = ErrorOf(text);
    if (row.error.empty()) {
      EXPECT_EQ(error, "no error") << text;
    } else {
      EXPECT_THAT(error, ::testing::StartsWith(std::string(row.error))) << text;
    }
  }
  EXPECT_EQ(Parsed(R"({"source": "a", "emoji": "both"})").mode, v1::EMOJI_MODE_KEEP_AND_NAME);
}

TEST(CorpusJsonTest, HostileLinesEndSoon) {
  const size_t kMany = 300'000;
  const std::string deep = R"({"source": )"s + std::string(kMany, '[');
  EXPECT_THAT(ErrorOf(deep), HasSubstr("not JSON: column "));
  EXPECT_EQ(ErrorOf(deep + std::string(kMany, ']') + "}"), R"("source" is an array, not a string)");
  EXPECT_LT(ErrorOf("{\"source\": \"" + std::string(kMany, 'a')).size(), 300u);
  const std::string long_name(kMany, 'a');
  EXPECT_LT(ErrorOf(StrCat("{\"source\": \"\", \"", long_name, "\": 1}")).size(), 300u);
  std::string flags;
  for (size_t i = 0; i < kMany / 4; ++i) flags += "🇨";
  EXPECT_LT(ErrorOf(StrCat("{\"source\": \"\", \"emoji\": \"", flags, "\"}")).size(), 500u);
}

}  // namespace
}  // namespace signalbook::check
