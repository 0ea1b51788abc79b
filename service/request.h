// What callers may ask: limits, languages, enums, UTF-8. One place for gRPC and the command line.
//
// Checks run in the order cheapest first, so that nothing costly is done for a request that is
// refused anyway; the first that fails is reported. Errors are those of status.h.
//
// Thread rule: pure functions.
#ifndef SIGNALBOOK_SERVICE_REQUEST_H_
#define SIGNALBOOK_SERVICE_REQUEST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "service/admission.h"
#include "signalbook/v1/model.pb.h"
#include "signalbook/v1/translation.pb.h"
#include "translator/book.h"
#include "translator/normalize.h"
#include "translator/translator.h"

namespace signalbook {

// A request that may be answered. Its messages refer to the bytes of the request, which must
// outlive it; locales belong to the book it was checked against.
struct TranslateInput {
  std::vector<Message> messages;
  TranslateOptions options;    // the deadline is left to the entry point
  bool utf16_offsets = false;  // for the ranges of the answer
};

struct AnalyzeInput {
  std::vector<Message> messages;
  std::vector<LocaleId> display_locales;  // as asked for, in order
  bool utf16_offsets = false;
};

struct JudgeInput {
  Message message;
  std::string_view candidate;  // may be no UTF-8 at all: the gate says so
  LocaleId source = kRootLocale;
  LocaleId target = kRootLocale;
};

absl::StatusOr<TranslateInput> CheckRequest(const v1::TranslateTextRequest& request,
                                            const Book& book);
absl::StatusOr<AnalyzeInput> CheckRequest(const v1::AnalyzeTextRequest& request, const Book& book);
// Without a target language the options' target is root.
absl::StatusOr<TranslateInput> CheckRequest(const v1::DetectLanguageRequest& request,
                                            const Book& book);
// The BCP 47 tag of the display language.
absl::StatusOr<std::string> CheckDisplayLanguage(const v1::ListLanguagesRequest& request,
                                                 const Book& book);
absl::StatusOr<JudgeInput> CheckRequest(const v1::JudgeCandidateRequest& request, const Book& book);

// What a request counts for against its caller's quota: the Unicode code points of its messages and its candidate.
int64_t CodePoints(const v1::TranslateTextRequest& request);
int64_t CodePoints(const v1::AnalyzeTextRequest& request);
int64_t CodePoints(const v1::DetectLanguageRequest& request);
int64_t CodePoints(const v1::ListLanguagesRequest& request);
int64_t CodePoints(const v1::JudgeCandidateRequest& request);
int64_t CodePoints(const v1::TranslateSentencesRequest& request);
int64_t CodePoints(const v1::ListLanguagePairsRequest& request);
// Charges it. Errors are those of Grant::ChargeCharacters.
template <typename Request>
absl::Status ChargeFor(const Request& request, const Admission::Grant& grant) {
  return grant.counts() ? grant.ChargeCharacters(CodePoints(request)) : absl::OkStatus();
}

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_REQUEST_H_
