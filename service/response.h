// The domain's values → the messages of translation.proto. One place for gRPC and the command line.
//
// Thread rule: pure functions. Ranges leave as they were asked for (offsets.h), in the content the caller sent.
#ifndef SIGNALBOOK_SERVICE_RESPONSE_H_
#define SIGNALBOOK_SERVICE_RESPONSE_H_

#include "service/request.h"
#include "signalbook/v1/translation.pb.h"
#include "translator/translator.h"

namespace signalbook {

// Translates, blocking for as long as the model does, and fills an empty response. Cannot fail.
void Answer(const Translator& translator, const TranslateInput& input,
            v1::TranslateTextResponse* response);

// The same in two steps, for whoever wants to see the translations.
void SetTranslations(const std::vector<Translation>& translations, const TranslateInput& input,
                     const Book& book, v1::TranslateTextResponse* response);
// How a revision of moderated changes is named; empty for none.
std::string RevisionText(int64_t revision);
void SetBook(const Book& book, v1::BookVersion* out);

// Takes apart, asking no model, and fills an empty response. Cannot fail.
void Answer(const Translator& translator, const AnalyzeInput& input,
            v1::AnalyzeTextResponse* response);

// Asks the gate, and fills an empty response. Cannot fail.
void Answer(const Translator& translator, const JudgeInput& input,
            v1::JudgeCandidateResponse* response);

}  // namespace signalbook

#endif  // SIGNALBOOK_SERVICE_RESPONSE_H_
