// What ListLanguages and DetectLanguage answer.
//
// Thread rule: safe from many threads.
#ifndef SIGNALBOOK_SERVICE_LANGUAGES_H_
#define SIGNALBOOK_SERVICE_LANGUAGES_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/live_translator.h"
#include "signalbook/v1/translation.pb.h"
#include "translator/translator.h"

namespace signalbook {

// Whether a model of `pairs` is asked for text from `source` to `target`: "es" serves es-AR too.
bool Serves(const std::vector<LanguagePair>& pairs, const Book& book, LocaleId source,
            LocaleId target);

// How many sequences are named in each locale. Counting takes some 20 ms, so it is done once for each book.
class NamedCounts {
 public:
  // By LocaleId, of the book that `live` answers with.
  std::shared_ptr<const std::vector<int>> Of(const std::shared_ptr<const LiveBook>& live);

 private:
  std::mutex mutex_;
  std::weak_ptr<const LiveBook> live_;              // guarded by mutex_
  std::shared_ptr<const std::vector<int>> counts_;  // guarded by mutex_; of live_
};

// Fills an empty response, but for the revision. `named`: of the translator's book. INVALID_ARGUMENT
// (DISPLAY_LOCALE_UNKNOWN).
absl::Status Answer(const Translator& translator, const std::vector<int>& named,
                    const std::vector<LanguagePair>& pairs, const v1::ListLanguagesRequest& request,
                    v1::ListLanguagesResponse* response);

// Fills an empty response. Errors are those of TranslateText.
absl::Status Answer(const Translator& translator, const std::vector<LanguagePair>& pairs,
                    const v1::DetectLanguageRequest& request, v1::DetectLanguageResponse* response);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_LANGUAGES_H_
