#include "translator/models/pivot.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "translator/models/only_pairs.h"

namespace signalbook {
namespace {

constexpr size_t kMaxSentenceBytes = 10'000;  // ModelRequest::sentences

// Characters no model may be shown unless the caller's sentence has them. Plain text has no use for
// any of them in a message's prose; U+200C and U+200D are how some scripts are spelled.
bool Suspicious(UChar32 c) {
  if (u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) ||
      u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION) ||
      u_hasBinaryProperty(c, UCHAR_REGIONAL_INDICATOR) ||
      u_hasBinaryProperty(c, UCHAR_VARIATION_SELECTOR)) {
    return true;
  }
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
      return true;
    case U_FORMAT_CHAR:  // tag characters among them
      return c != 0x200C && c != 0x200D;
    default:
      return c == 0x20E3;  // makes a keycap of the digit before it
  }
}

// False when `text` is not UTF-8. Collects the suspicious characters of `text`.
bool FindSuspicious(std::string_view text, absl::flat_hash_set<UChar32>* found) {
  const int32_t length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0) return false;
    if (Suspicious(c)) found->insert(c);
  }
  return true;
}

bool FitForModel(std::string_view text, std::string_view source) {
  if (text.empty() || text.size() > kMaxSentenceBytes) return false;
  absl::flat_hash_set<UChar32> in_text, in_source;
  if (!FindSuspicious(text, &in_text) || !FindSuspicious(source, &in_source)) return false;
  for (UChar32 c : in_text) {
    if (!in_source.contains(c)) return false;
  }
  return true;
}

ModelRef Join(const ModelRef& first, const ModelRef& second) {
  ModelRef joined{.name = absl::StrCat(first.name, ">", second.name)};
  if (!first.version.empty() || !second.version.empty()) {
    joined.version = absl::StrCat(first.version, ">", second.version);
  }
  return joined;
}

absl::Status BrokenContract() {
  return absl::InternalError("pivot: a leg did not answer every sentence");
}

}  // namespace

PivotModel::PivotModel(Model& inner, std::vector<Pivot> routes)
    : inner_(inner), routes_(std::move(routes)) {}

std::vector<absl::StatusOr<Candidate>> PivotModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> results(request.sentences.size(),
                                                 absl::NotFoundError("pivot: no route"));
  const Pivot* route = nullptr;
  for (const Pivot& candidate : routes_) {
    if (Covers(candidate.from, request.source_locale) &&
        Covers(candidate.to, request.target_locale)) {
      route = &candidate;
      break;
    }
  }
  if (route == nullptr) return results;

  ModelRequest leg = request;
  leg.target_locale = route->via;
  const auto firsts = inner_.Translate(leg);
  if (firsts.size() != request.sentences.size()) {
    results.assign(results.size(), BrokenContract());
    return results;
  }

  leg = request.About({});
  leg.source_locale = route->via;
  std::vector<size_t> onward;  // indexes of the sentences of the second leg
  for (size_t i = 0; i < firsts.size(); ++i) {
    if (!firsts[i].ok()) {
      results[i] = firsts[i].status();
    } else if (!FitForModel(firsts[i]->text, request.sentences[i])) {
      results[i] = absl::InternalError("pivot: the first leg's answer is not fit for a model");
    } else {
      onward.push_back(i);
      leg.sentences.push_back(firsts[i]->text);
    }
  }
  if (onward.empty()) return results;

  auto seconds = inner_.Translate(leg);
  for (size_t k = 0; k < onward.size(); ++k) {
    absl::StatusOr<Candidate>& result = results[onward[k]];
    if (seconds.size() != onward.size()) {
      result = BrokenContract();
    } else if (!seconds[k].ok()) {
      result = seconds[k].status();
    } else {
      const ModelRef model = Join(firsts[onward[k]]->model, seconds[k]->model);
      result = Candidate{.text = std::move(seconds[k]->text), .model = model};
    }
  }
  return results;
}

}  // namespace signalbook
