#include "service/check/expectation.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "service/check/wording.h"
#include "service/strings.h"
#include "translator/normalize.h"

namespace signalbook::check {
namespace {

// What is not UTF-8 stays as it is: it stands in no answer.
std::string Nfc(std::string_view text) {
  const absl::StatusOr<Message> message = Normalize(text);
  return std::string(message.ok() ? message->text() : text);
}

// Without case, as ICU folds it in all languages alike.
std::string Folded(std::string_view nfc) {
  std::string folded;
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&folded);
  icu::CaseMap::utf8Fold(0, icu::StringPiece(nfc.data(), static_cast<int32_t>(nfc.size())), sink,
                         nullptr, status);
  return U_SUCCESS(status) ? folded : std::string(nfc);
}

std::string NameOf(v1::Licence value) { return WithoutPrefix(v1::Licence_Name(value), "LICENCE_"); }
std::string NameOf(v1::Kind value) { return WithoutPrefix(v1::Kind_Name(value), "KIND_"); }
std::string NameOf(v1::Reason value) {
  if (value == v1::REASON_UNSPECIFIED) return "none";
  return WithoutPrefix(v1::Reason_Name(value), "REASON_");
}
std::string NameOf(v1::Verdict value) { return WithoutPrefix(v1::Verdict_Name(value), "VERDICT_"); }

// ---- texts ----

void JudgeText(const std::string& expected, const JudgedAnswer& judged,
               std::vector<Finding>* findings) {
  const std::string nfc = Nfc(expected);
  if (nfc == judged.text) return;
  findings->push_back({"expect/text", StrCat("is ", Quoted(judged.text), ", not ", Quoted(nfc)),
                       nfc, std::string(judged.text)});
}

void JudgeContains(const std::vector<std::string>& expected, const JudgedAnswer& judged,
                   std::vector<Finding>* findings) {
  std::vector<std::string> missing;
  for (const std::string& item : expected) {
    const std::string nfc = Nfc(item);
    if (judged.text.find(nfc) == std::string_view::npos) missing.push_back(Quoted(nfc));
  }
  if (missing.empty()) return;
  findings->push_back({"expect/contains", StrCat(FirstAndMore(missing), " does not stand in it"),
                       absl::StrJoin(missing, ", "), std::string(judged.text)});
}

void JudgeNotContains(const std::vector<std::string>& expected, const JudgedAnswer& judged,
                      std::vector<Finding>* findings) {
  if (expected.empty()) return;
  const std::string text = Folded(judged.text);
  std::vector<std::string> found;
  for (const std::string& item : expected) {
    const std::string nfc = Nfc(item);
    if (text.find(Folded(nfc)) != std::string::npos) found.push_back(Quoted(nfc));
  }
  if (found.empty()) return;
  findings->push_back({"expect/not_contains", StrCat(FirstAndMore(found), " stands in it"),
                       StrCat("without ", absl::StrJoin(found, ", ")), std::string(judged.text)});
}

// ---- pieces ----

// A piece of the answer, or what is expected of one.
std::string Described(const ExpectedPiece& piece) {
  std::vector<std::string> words;
  if (piece.text) words.push_back(Quoted(*piece.text));
  if (piece.licence) words.push_back(NameOf(*piece.licence));
  if (piece.kind) words.push_back(NameOf(*piece.kind));
  if (piece.key && !piece.key->empty()) words.push_back(*piece.key);
  if (piece.reason && *piece.reason != v1::REASON_UNSPECIFIED) {
    words.push_back(StrCat("refused: ", NameOf(*piece.reason)));
  }
  return words.empty() ? "anything" : absl::StrJoin(words, " ");
}

std::string Described(const std::vector<ExpectedPiece>& pieces) {
  std::vector<std::string> described;
  described.reserve(pieces.size());
  for (const ExpectedPiece& piece : pieces) described.push_back(Described(piece));
  return absl::StrJoin(described, " · ");
}

// The pieces that a case speaks of, all fields filled.
std::vector<ExpectedPiece> PiecesOf(const v1::Translation& answer) {
  std::vector<ExpectedPiece> pieces;
  const std::string& text = answer.translated_text();
  for (const v1::Piece& piece : answer.pieces()) {
    if (piece.placement() == v1::PLACEMENT_JOIN) continue;
    const auto begin = static_cast<size_t>(std::max(piece.target_range().begin(), 0));
    const auto end = static_cast<size_t>(std::max(piece.target_range().end(), 0));
    const bool inside = begin <= end && end <= text.size();
    pieces.push_back({.text = inside ? Nfc(std::string_view(text).substr(begin, end - begin)) : "",
                      .licence = piece.licence(),
                      .kind = piece.kind(),
                      .reason = piece.refusal().reason(),
                      .key = piece.entry().key()});
  }
  return pieces;
}

// "licence is COPY, not BOOK"; empty when they agree.
std::string DifferenceOf(const ExpectedPiece& expected, const ExpectedPiece& actual) {
  std::vector<std::string> differences;
  const auto compare = [&](std::string_view field, const auto& wanted, const auto& given,
                           const auto& name) {
    if (wanted && *wanted != *given) {
      differences.push_back(StrCat(field, " is ", name(*given), ", not ", name(*wanted)));
    }
  };
  const auto named = [](auto value) { return NameOf(value); };
  const auto quoted = [](const std::string& text) { return Quoted(text); };
  std::optional<std::string> text;
  if (expected.text) text = Nfc(*expected.text);
  compare("text", text, actual.text, quoted);
  compare("licence", expected.licence, actual.licence, named);
  compare("kind", expected.kind, actual.kind, named);
  compare("reason", expected.reason, actual.reason, named);
  compare("key", expected.key, actual.key, quoted);
  return absl::StrJoin(differences, ", ");
}

void JudgePieces(const std::vector<ExpectedPiece>& expected, const v1::Translation& answer,
                 std::vector<Finding>* findings) {
  if (expected.empty()) return;
  const std::vector<ExpectedPiece> actual = PiecesOf(answer);
  std::vector<std::string> differences;
  if (actual.size() != expected.size()) {
    differences.push_back(StrCat(actual.size(), " pieces, not ", expected.size()));
  }
  for (size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
    const std::string difference = DifferenceOf(expected[i], actual[i]);
    if (!difference.empty()) differences.push_back(StrCat("piece ", i + 1, ": ", difference));
  }
  if (differences.empty()) return;
  // Where a piece is missing or too many, the first that differs tells where.
  std::string message = FirstAndMore(differences);
  if (actual.size() != expected.size() && differences.size() > 1) {
    message = StrCat(differences[0], "; ", differences[1]);
  }
  findings->push_back(
      {"expect/pieces", std::move(message), Described(expected), Described(actual)});
}

// ---- refusals ----

void JudgeRefusals(const Expectations& expect, const v1::Translation& answer,
                   std::vector<Finding>* findings) {
  if (expect.reasons.empty() && expect.rules.empty()) return;
  std::vector<std::string> refusals;  // for people
  std::vector<v1::Reason> reasons;
  std::vector<std::string> rules;
  for (const v1::Piece& piece : answer.pieces()) {
    if (!piece.has_refusal()) continue;
    reasons.push_back(piece.refusal().reason());
    rules.push_back(piece.refusal().rule());
    refusals.push_back(StrCat(NameOf(reasons.back()), " (", rules.back(), ")"));
  }
  const std::string actual = refusals.empty() ? "no refusal" : absl::StrJoin(refusals, ", ");
  const auto is_missing = [](const auto& item, const auto& all) {
    return std::find(all.begin(), all.end(), item) == all.end();
  };

  std::vector<std::string> missing;
  for (const v1::Reason reason : expect.reasons) {
    if (is_missing(reason, reasons)) missing.push_back(NameOf(reason));
  }
  if (!missing.empty()) {
    findings->push_back({"expect/reasons",
                         StrCat("nothing is refused for ", FirstAndMore(missing), "; ", actual),
                         absl::StrJoin(missing, ", "), actual});
  }
  missing.clear();
  for (const std::string& rule : expect.rules) {
    if (is_missing(rule, rules)) missing.push_back(rule);
  }
  if (!missing.empty()) {
    findings->push_back({"expect/rules",
                         StrCat("nothing is refused by ", FirstAndMore(missing), "; ", actual),
                         absl::StrJoin(missing, ", "), actual});
  }
}

}  // namespace

void JudgeExpectations(const Expectations& expect, const JudgedAnswer& judged,
                       std::vector<Finding>* findings) {
  if (expect.text) JudgeText(*expect.text, judged, findings);
  JudgeContains(expect.contains, judged, findings);
  JudgeNotContains(expect.not_contains, judged, findings);
  if (judged.explains) {
    JudgePieces(expect.pieces, judged.answer, findings);
    if (expect.verdict && *expect.verdict != judged.answer.verdict()) {
      const std::string expected = NameOf(*expect.verdict);
      const std::string actual = NameOf(judged.answer.verdict());
      findings->push_back(
          {"expect/verdict", StrCat("is ", actual, ", not ", expected), expected, actual});
    }
    JudgeRefusals(expect, judged.answer, findings);
  }
  if (expect.emoji_preserved && *expect.emoji_preserved != judged.emoji_same) {
    findings->push_back({"expect/emoji_preserved",
                         *expect.emoji_preserved
                             ? std::string(judged.emoji_saw)
                             : "the emoji are the message's; others were expected",
                         "", ""});
  }
}

}  // namespace signalbook::check
