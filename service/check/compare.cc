#include "service/check/compare.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "service/check/examiner.h"
#include "service/status.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

// "INVALID_UTF8", or the canonical code where an error has no reason.
std::string ErrorName(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

std::string Refusals(const v1::Translation& translation) {
  std::string list;
  for (const v1::Piece& piece : translation.pieces()) {
    if (!piece.has_refusal()) continue;
    list += StrCat(list.empty() ? "" : ", ", v1::Reason_Name(piece.refusal().reason()), " (",
                   piece.refusal().rule(), ")");
  }
  return list.empty() ? "none" : list;
}

void FindDifference(const absl::StatusOr<v1::Translation>& a,
                    const absl::StatusOr<v1::Translation>& b, bool explained, CaseResult* result) {
  const auto find = [&](std::string_view rule, std::string message, std::string expected,
                        std::string actual) {
    result->findings.push_back(
        {std::string(rule), std::move(message), std::move(expected), std::move(actual)});
  };
  if (!a.ok() || !b.ok()) {
    const std::string first = a.ok() ? "an answer" : ErrorName(a.status());
    const std::string second = b.ok() ? "an answer" : ErrorName(b.status());
    if (first != second)
      find("compare/error", StrCat("was ", first, ", is ", second), first, second);
    return;
  }
  if (a->translated_text() != b->translated_text()) {
    return find("compare/text", "another translation", a->translated_text(), b->translated_text());
  }
  if (!explained) return;
  if (a->verdict() != b->verdict()) {
    return find("compare/verdict", "another verdict", v1::Verdict_Name(a->verdict()),
                v1::Verdict_Name(b->verdict()));
  }
  const std::string first = Refusals(*a);
  const std::string second = Refusals(*b);
  if (first != second) find("compare/refusals", "refused for other reasons", first, second);
}

}  // namespace

std::string SubjectSpecification(const std::string& word) {
  constexpr std::array<std::string_view, 5> kSchemes = {
      "book:", "config:", "server:", "models:", "libretranslate:"};
  const bool complete = word == "here" || word == "models" ||
                        std::any_of(kSchemes.begin(), kSchemes.end(), [&](std::string_view scheme) {
                          return word.compare(0, scheme.size(), scheme) == 0;
                        });
  if (complete) return word;
  std::error_code ignored;
  if (std::filesystem::is_regular_file(word, ignored)) return "book:" + word;
  const size_t colon = word.rfind(':');
  const bool port = colon != std::string::npos && colon + 1 < word.size() &&
                    word.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  return port ? "server:" + word : word;
}

absl::StatusOr<CaseResult> Compare(const Case& c, int64_t index, Subject* a, Subject* b) {
  if (c.candidate && !(a->takes_candidates() && b->takes_candidates())) {
    return Compare(WithoutCandidate(c), index, a, b);
  }
  const absl::StatusOr<v1::Translation> first = a->Translate(c);
  if (!first.ok() && !IsResult(first.status())) return first.status();
  const absl::StatusOr<v1::Translation> second = b->Translate(c);
  if (!second.ok() && !IsResult(second.status())) return second.status();
  CaseResult result = ResultOf(c, index);
  FindDifference(first, second, a->explains() && b->explains(), &result);
  if (result.passed()) return result;
  result.text_hash = TextHash(c.request);
  result.source = c.request.contents(0);
  result.output = second.ok() ? second->translated_text() : std::string();
  result.origin = c.origin;
  return result;
}

}  // namespace signalbook::check
