#include "translator/round_trip.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "translator/decoded_text.h"

namespace signalbook {
namespace {

constexpr size_t kLongestGram = 6;

std::u32string LettersAndDigits(const DecodedText& text) {
  std::u32string letters;
  for (const DecodedText::Unit& unit : text.units()) letters.append(text.folded(unit));
  return letters;
}

// F1 of the n-grams of one length. Precondition: both texts have at least one.
double GramScore(std::u32string_view a, std::u32string_view b, size_t n) {
  absl::flat_hash_map<std::u32string_view, int> unmatched;
  for (size_t i = 0; i + n <= a.size(); ++i) ++unmatched[a.substr(i, n)];
  size_t common = 0;
  for (size_t i = 0; i + n <= b.size(); ++i) {
    const auto found = unmatched.find(b.substr(i, n));
    if (found == unmatched.end() || found->second == 0) continue;
    --found->second;
    ++common;
  }
  return 2.0 * static_cast<double>(common) / static_cast<double>(a.size() + b.size() + 2 - 2 * n);
}

// "es" serves es and es-AR.
bool Serves(std::string_view route, std::string_view tag) {
  return tag.substr(0, route.size()) == route &&
         (tag.size() == route.size() || tag[route.size()] == '-');
}

Refusal RefusalOf(const absl::Status& status) {
  const auto refuse = [](std::string_view rule, std::string_view detail) {
    return Refusal{Reason::kRoundTrip, std::string(rule), std::string(detail)};
  };
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return refuse("no_model", "no model translates it back");
    case absl::StatusCode::kUnavailable:
      return refuse("unavailable", "the model that translates back is missing, crashed or busy");
    case absl::StatusCode::kDeadlineExceeded:
      return refuse("deadline", "it was not translated back in time");
    default:
      return refuse("failed", "the model that translates back failed");
  }
}

}  // namespace

double Likeness(std::string_view a, std::string_view b) {
  const auto left = DecodedText::Decode(a);
  const auto right = DecodedText::Decode(b);
  if (!left || !right) return 0;
  const std::u32string ours = LettersAndDigits(*left);
  const std::u32string theirs = LettersAndDigits(*right);
  const size_t longest = std::min({kLongestGram, ours.size(), theirs.size()});
  if (longest == 0) return 0;
  double sum = 0;
  for (size_t n = 1; n <= longest; ++n) sum += GramScore(ours, theirs, n);
  return sum / static_cast<double>(longest);
}

RoundTrip::RoundTrip(std::vector<RoundTripRoute> routes, std::shared_ptr<Model> model)
    : routes_(std::move(routes)), model_(std::move(model)) {}

const RoundTripRoute* RoundTrip::Find(std::string_view from, std::string_view to) const {
  const auto route = std::find_if(routes_.begin(), routes_.end(), [&](const RoundTripRoute& r) {
    return Serves(r.from, from) && Serves(r.to, to);
  });
  return route == routes_.end() ? nullptr : &*route;
}

std::vector<absl::StatusOr<Candidate>> RoundTrip::TranslateBack(const ModelRequest& back) const {
  std::vector<absl::StatusOr<Candidate>> answers = model_->Translate(back);
  answers.resize(back.sentences.size(), absl::InternalError("the model left out an answer"));
  return answers;
}

std::vector<std::optional<Refusal>> RoundTrip::Check(const RoundTripRoute& route,
                                                     const std::vector<Pair>& pairs,
                                                     const ModelRequest& there) const {
  std::vector<std::string> candidates;
  candidates.reserve(pairs.size());
  for (const Pair& pair : pairs) candidates.push_back(pair.candidate);
  ModelRequest back = there.About(std::move(candidates));
  std::swap(back.source_locale, back.target_locale);
  const std::vector<absl::StatusOr<Candidate>> answers = TranslateBack(back);
  std::vector<std::optional<Refusal>> refusals;
  refusals.reserve(pairs.size());
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (!answers[i].ok()) {
      refusals.emplace_back(RefusalOf(answers[i].status()));
      continue;
    }
    const double likeness = Likeness(pairs[i].source, answers[i]->text);
    if (likeness >= route.least_likeness) {
      refusals.emplace_back(std::nullopt);
      continue;
    }
    refusals.emplace_back(
        Refusal{Reason::kRoundTrip, "unlike",
                absl::StrFormat("translated back it is %.2f like the message, less than %.2f",
                                likeness, route.least_likeness)});
  }
  return refusals;
}

}  // namespace signalbook
