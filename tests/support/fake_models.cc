#include "tests/support/fake_models.h"

#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "absl/time/clock.h"

namespace signalbook {
namespace {

const ModelRef kModel = {.name = "fake", .version = "1"};
constexpr std::string_view kOpen = "⟦", kClose = "⟧";
constexpr size_t kHugeBytes = 10'000'000;

std::string LanguageOf(const std::string& locale) { return locale.substr(0, locale.find('-')); }

std::string Prison(const std::string& locale) {
  std::string english;
  for (const Saying& saying : kPrisonSayings) {
    if (saying.language == LanguageOf(locale)) return std::string(saying.text);
    if (saying.language == "en") english = saying.text;
  }
  return english;
}

std::string Nowhere(const std::string& locale) {
  static const std::map<std::string, std::string> kSayings = {
      {"de", "mitten im Nirgendwo"},     {"es", "en medio de la nada"},
      {"fr", "au milieu de nulle part"}, {"pt", "no meio do nada"},
      {"ru", "у чёрта на куличках"},     {"zh", "在荒郊野外"},
  };
  const auto saying = kSayings.find(LanguageOf(locale));
  return saying == kSayings.end() ? "in the middle of nowhere" : saying->second;
}

// `text` cut into markers and what is between them: "a⟦0⟧b" → "a", "⟦0⟧", "b". Markers have odd
// indexes.
std::vector<std::string> SplitAtMarkers(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const size_t open = text.find(kOpen);
    const size_t close = text.find(kClose, open == std::string_view::npos ? open : open + 1);
    if (close == std::string_view::npos) break;
    const size_t end = close + kClose.size();
    parts.emplace_back(text.substr(0, open));
    parts.emplace_back(text.substr(open, end - open));
    text.remove_prefix(end);
  }
  parts.emplace_back(text);
  return parts;
}

// `text` with the list of its markers replaced by what `change` makes of each: (index, markers).
std::string ChangeMarkers(
    std::string_view text,
    const std::function<std::string(size_t, const std::vector<std::string>&)>& change) {
  const std::vector<std::string> parts = SplitAtMarkers(text);
  std::vector<std::string> markers;
  for (size_t i = 1; i < parts.size(); i += 2) markers.push_back(parts[i]);
  std::string changed = parts[0];
  for (size_t i = 0; i < markers.size(); ++i) changed += change(i, markers) + parts[2 * i + 2];
  return changed;
}

// In the middle, but not inside a character.
std::string InsertInside(std::string text, std::string_view what) {
  size_t at = text.size() / 2;
  while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
  return text.insert(at, what);
}

// Markers' digits are left alone: theirs is another hostility.
std::string ChangeNumbers(std::string_view text) {
  std::string changed;
  const std::vector<std::string> parts = SplitAtMarkers(text);
  for (size_t i = 0; i < parts.size(); ++i) {
    for (char c : parts[i]) {
      const bool digit = i % 2 == 0 && c >= '0' && c <= '9';
      changed.push_back(!digit ? c : c == '9' ? '0' : static_cast<char>(c + 1));
    }
  }
  return changed;
}

absl::StatusOr<std::string> Distort(Hostility hostility, const std::string& sentence,
                                    const std::string& target_locale) {
  using Markers = std::vector<std::string>;
  switch (hostility) {
    case Hostility::kPrison:
      return Prison(target_locale);
    case Hostility::kNowhere:
      return Nowhere(target_locale);
    case Hostility::kAddFlag:
      return sentence + " 🇨🇦";
    case Hostility::kAddEmoji:
      return sentence + " 👍🏽";
    case Hostility::kDropMarkers:
      return ChangeMarkers(sentence, [](size_t, const Markers&) { return std::string(); });
    case Hostility::kDoubleMarkers:
      return ChangeMarkers(sentence, [](size_t i, const Markers& m) { return m[i] + m[i]; });
    case Hostility::kSwapMarkers:
      return ChangeMarkers(sentence,
                           [](size_t i, const Markers& m) { return m[m.size() - 1 - i]; });
    case Hostility::kInvalidUtf8:
      return InsertInside(sentence, "\xC3");
    case Hostility::kPrivateUse:
      return InsertInside(sentence, "\uE000");
    case Hostility::kTagCharacters:
      return InsertInside(sentence, "\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067");
    case Hostility::kVariationSelector:
      return InsertInside(sentence, "\uFE0F");
    case Hostility::kAddUrl:
      return sentence + " https://example.com/free";
    case Hostility::kChangeNumbers:
      return ChangeNumbers(sentence);
    case Hostility::kNul:
      return InsertInside(sentence, std::string_view("\0", 1));
    case Hostility::kEmpty:
      return std::string();
    case Hostility::kHuge:
      return std::string(kHugeBytes, 'a');
    case Hostility::kTooFew:
    case Hostility::kTooMany:
      return sentence;
    case Hostility::kFail:
      break;
  }
  return absl::InternalError("hostile");
}

absl::StatusOr<Candidate> Say(absl::StatusOr<std::string> text) {
  if (!text.ok()) return text.status();
  return Candidate{.text = *std::move(text), .model = kModel};
}

}  // namespace

std::vector<absl::StatusOr<Candidate>> IdentityModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> results;
  for (const std::string& sentence : request.sentences) results.push_back(Say(sentence));
  return results;
}

std::vector<absl::StatusOr<Candidate>> DictionaryModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> answers;
  for (const std::string& sentence : request.sentences) {
    asked.push_back(sentence);
    const auto said = says_.find(sentence);
    if (said == says_.end()) {
      answers.emplace_back(absl::NotFoundError("not in this dictionary"));
    } else {
      answers.emplace_back(Candidate{said->second, {"dictionary", "1"}});
    }
  }
  return answers;
}

std::vector<absl::StatusOr<Candidate>> HostileModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> results;
  for (const std::string& sentence : request.sentences) {
    results.push_back(Say(Distort(hostility_, sentence, request.target_locale)));
  }
  if (hostility_ == Hostility::kTooFew && !results.empty()) results.pop_back();
  if (hostility_ == Hostility::kTooMany) results.push_back(Say("nobody asked"));
  return results;
}

std::vector<absl::StatusOr<Candidate>> SlowModel::Translate(const ModelRequest& request) {
  const absl::Time done = absl::Now() + delay_;
  const bool too_late = honours_deadline_ && done > request.deadline;
  absl::SleepFor((too_late ? request.deadline : done) - absl::Now());
  if (!too_late) return IdentityModel().Translate(request);
  return std::vector<absl::StatusOr<Candidate>>(request.sentences.size(),
                                                absl::DeadlineExceededError("slow"));
}

std::vector<absl::StatusOr<Candidate>> DeadModel::Translate(const ModelRequest& request) {
  return std::vector<absl::StatusOr<Candidate>>(request.sentences.size(),
                                                absl::UnavailableError("dead"));
}

std::vector<absl::StatusOr<Candidate>> FlakyModel::Translate(const ModelRequest& request) {
  auto results = IdentityModel().Translate(request);
  std::lock_guard lock(mutex_);
  for (auto& result : results) {
    if (fails_(random_)) result = absl::UnavailableError("flaky");
  }
  return results;
}

std::vector<absl::StatusOr<Candidate>> RecordingModel::Translate(const ModelRequest& request) {
  {
    std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  return inner_->Translate(request);
}

std::vector<ModelRequest> RecordingModel::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> RecordingModel::sentences() const {
  std::vector<std::string> sentences;
  for (const ModelRequest& request : requests()) {
    sentences.insert(sentences.end(), request.sentences.begin(), request.sentences.end());
  }
  return sentences;
}

}  // namespace signalbook
