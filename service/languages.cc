#include "service/languages.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "service/request.h"
#include "service/response.h"
#include "service/strings.h"

namespace signalbook {
namespace {

bool Inherits(const LocaleTable& locales, LocaleId id, LocaleId ancestor) {
  while (id != ancestor && id != kRootLocale) id = locales.parent(id);
  return id == ancestor;
}

std::string_view LanguageOf(std::string_view tag) {
  const std::string_view language = tag.substr(0, tag.find('-'));
  return language == "nb" || language == "nn" ? "no" : language;
}

// Whether a model for `language` is asked for text in `id`. CLDR has hi-Latn inherit names from English and ht from
// French, but that does not make them English and French.
bool IsServed(const LocaleTable& locales, LocaleId id, LocaleId language) {
  return Inherits(locales, id, language) &&
         LanguageOf(locales.tag(id)) == LanguageOf(locales.tag(language));
}

std::string DisplayName(std::string_view tag, const std::string& display) {
  icu::UnicodeString name;
  icu::Locale::createCanonical(std::string(tag).c_str())
      .getDisplayName(icu::Locale::createCanonical(display.c_str()), name);
  std::string utf8;
  name.toUTF8String(utf8);
  return utf8;
}

v1::Advice ToProto(Advice advice) {
  switch (advice) {
    case Advice::kTranslate:
      return v1::ADVICE_TRANSLATE;
    case Advice::kNothingToTranslate:
      return v1::ADVICE_NOTHING_TO_TRANSLATE;
    case Advice::kAlreadyInTarget:
      return v1::ADVICE_ALREADY_IN_TARGET;
    case Advice::kLanguageUncertain:
      return v1::ADVICE_LANGUAGE_UNCERTAIN;
  }
  return v1::ADVICE_UNSPECIFIED;
}

}  // namespace

bool Serves(const std::vector<LanguagePair>& pairs, const Book& book, LocaleId source,
            LocaleId target) {
  const LocaleTable& locales = book.locales();
  return std::any_of(pairs.begin(), pairs.end(), [&](const LanguagePair& pair) {
    const std::optional<LocaleId> from = locales.Resolve(pair.from);
    const std::optional<LocaleId> to = locales.Resolve(pair.to);
    return from && to && IsServed(locales, source, *from) && IsServed(locales, target, *to);
  });
}

std::shared_ptr<const std::vector<int>> NamedCounts::Of(
    const std::shared_ptr<const LiveBook>& live) {
  std::lock_guard lock(mutex_);
  if (live_.lock() == live) return counts_;
  const Book& book = live->translator->book();
  std::vector<int> counts(book.locales().size());
  for (const LocaleId id : book.NamedLocales()) {
    for (KeyId key = 0; key < book.key_count(); ++key) {
      const std::optional<Rendering> row = book.Find(id, key);
      if (row && !row->blocked) ++counts[id];
    }
  }
  live_ = live;
  counts_ = std::make_shared<const std::vector<int>>(std::move(counts));
  return counts_;
}

absl::Status Answer(const Translator& translator, const std::vector<int>& named,
                    const std::vector<LanguagePair>& pairs, const v1::ListLanguagesRequest& request,
                    v1::ListLanguagesResponse* response) {
  const Book& book = translator.book();
  const LocaleTable& locales = book.locales();
  const absl::StatusOr<std::string> display = CheckDisplayLanguage(request, book);
  if (!display.ok()) return display.status();

  std::set<LocaleId> guarded;
  for (const GuardRule& rule : book.guards()) {
    if (const auto id = locales.Exact(rule.locale); id && *id != kRootLocale) guarded.insert(*id);
  }
  const std::vector<std::pair<LocaleId, LocaleId>> phrases = book.PhrasePairs();
  std::vector<std::pair<std::string_view, LocaleId>> ids;
  for (const LocaleId id : book.NamedLocales()) {
    if (id != kRootLocale) ids.emplace_back(locales.tag(id), id);
  }
  std::sort(ids.begin(), ids.end());
  for (const auto& [tag, id] : ids) {
    v1::Language* language = response->add_languages();
    language->set_language_code(std::string(tag));
    language->set_display_name(DisplayName(tag, *display));
    language->set_named_sequences(named[id]);
    language->set_guarded(std::any_of(guarded.begin(), guarded.end(), [&, id = id](LocaleId own) {
      return Inherits(locales, id, own);
    }));
    std::set<std::string> targets;
    for (const LanguagePair& pair : pairs) {
      const auto from = locales.Resolve(pair.from);
      if (from && IsServed(locales, id, *from)) targets.insert(pair.to);
    }
    *language->mutable_model_targets() = {targets.begin(), targets.end()};
    targets.clear();
    for (const auto& [from, to] : phrases) {
      // From root: punctuation marks, no phrases.
      if (from != kRootLocale && from == id) targets.insert(std::string(locales.tag(to)));
    }
    *language->mutable_phrase_targets() = {targets.begin(), targets.end()};
  }
  response->set_sequences(static_cast<int32_t>(book.key_count()));
  SetBook(book, response->mutable_book());
  return absl::OkStatus();
}

absl::Status Answer(const Translator& translator, const std::vector<LanguagePair>& pairs,
                    const v1::DetectLanguageRequest& request,
                    v1::DetectLanguageResponse* response) {
  const absl::StatusOr<TranslateInput> input = CheckRequest(request, translator.book());
  if (!input.ok()) return input.status();
  const Book& book = translator.book();
  for (const Message& message : input->messages) {
    const Detection detection = translator.Detect(message, input->options);
    v1::Detection* out = response->add_detections();
    out->set_language_code(detection.language);
    if (input->options.target == kRootLocale) continue;
    out->set_advice(ToProto(detection.advice));
    if (!detection.needs_model) continue;
    const std::optional<LocaleId> source = book.locales().Resolve(detection.language);
    if (!source || !Serves(pairs, book, *source, input->options.target)) {
      out->set_advice(v1::ADVICE_NO_MODEL);
    }
  }
  return absl::OkStatus();
}

}  // namespace signalbook
