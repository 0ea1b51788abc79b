#include "translator/ask_names.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>

#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace signalbook {
namespace {

constexpr std::string_view kNamingLocale = "en";  // every name of CLDR stands there first

// NFC, without case and outer white space. Empty when `text` is not UTF-8.
std::string Folded(std::string_view text) {
  const absl::StatusOr<Message> nfc = Normalize(text);
  if (!nfc.ok()) return "";
  std::string folded;
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&folded);
  icu::CaseMap::utf8Fold(
      0, icu::StringPiece(nfc->text().data(), static_cast<int32_t>(nfc->text().size())), sink,
      nullptr, status);
  if (U_FAILURE(status)) return "";
  absl::StripAsciiWhitespace(&folded);
  return folded;
}

// The sequences without a name but with an allowlist, and what to ask for them.
struct Question {
  KeyId key = kNoKey;
  std::string name;     // in kNamingLocale
  Rendering allowlist;  // its alternates
};

std::vector<Question> Questions(const std::vector<Draft>& drafts, const Book& book,
                                const TranslateOptions& options) {
  std::vector<Question> questions;
  if (options.emoji_mode == EmojiMode::kKeep || options.policy == Policy::kStrict) return questions;
  const std::optional<LocaleId> naming = book.locales().Resolve(kNamingLocale);
  if (!naming) return questions;
  std::set<KeyId> seen;
  for (const Draft& draft : drafts) {
    for (const Segment& segment : draft.segments) {
      const KeyId key = segment.emoji.key;
      if (segment.kind != SegmentKind::kEmoji || key == kNoKey ||
          book.Find(options.target, key, options.market) || !seen.insert(key).second) {
        continue;
      }
      const std::optional<Rendering> name = book.Find(*naming, key);
      const std::optional<Rendering> allowlist = book.Allowlist(options.target, key);
      if (!name || name->blocked || !allowlist) continue;
      questions.push_back({key, std::string(name->text), *allowlist});
    }
  }
  return questions;
}

}  // namespace

void AskNames(std::vector<Draft>& drafts, Model* model, const Book& book,
              const TranslateOptions& options) {
  if (model == nullptr) return;
  std::vector<Question> questions = Questions(drafts, book, options);
  if (questions.empty()) return;
  ModelRequest request{.source_locale = std::string(kNamingLocale),
                       .target_locale = std::string(book.locales().tag(options.target)),
                       .sentences = {},
                       .deadline = options.deadline,
                       .traceparent = options.traceparent,
                       .hops = options.hops};
  for (const Question& question : questions) request.sentences.push_back(question.name);
  const std::vector<absl::StatusOr<Candidate>> answers = model->Translate(request);
  if (answers.size() != questions.size()) return;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok()) continue;
    const std::string proposed = Folded(answers[i]->text);
    if (proposed.empty()) continue;
    const std::string_view list = questions[i].allowlist.alternates;
    for (absl::string_view item :
         absl::StrSplit(absl::string_view(list.data(), list.size()), " | ")) {
      const std::string_view allowed(item.data(), item.size());
      if (Folded(allowed) != proposed) continue;
      Rendering name = questions[i].allowlist;
      name.text = allowed;
      for (Draft& draft : drafts) draft.names.emplace(questions[i].key, name);
      break;
    }
  }
}

bool NeedsNames(const std::vector<Draft>& drafts, const Book& book,
                const TranslateOptions& options) {
  return !Questions(drafts, book, options).empty();
}

}  // namespace signalbook
