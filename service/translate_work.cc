#include "service/translate_work.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/response.h"
#include "service/status.h"

namespace signalbook {

absl::Time ModelDeadline(absl::Time now, absl::Time caller_deadline, absl::Duration model_timeout) {
  if (caller_deadline == absl::InfiniteFuture()) return now + model_timeout;
  const absl::Duration margin = std::min(kDeadlineMargin, (caller_deadline - now) / 4);
  return std::min(caller_deadline - margin, now + model_timeout);
}

absl::Status TranslateWork::Check() {
  if (stale_) return StoreUnseen();
  absl::StatusOr<TranslateInput> input = CheckRequest(*request_, translator().book());
  if (!input.ok()) return input.status();
  input_ = *std::move(input);
  return absl::OkStatus();
}

bool TranslateWork::NeedsModel() const {
  return translator().NeedsModel(input_.messages, input_.options);
}

const v1::TranslateTextResponse& TranslateWork::Translate() {
  input_.options.deadline = ModelDeadline(absl::Now(), caller_deadline_, context_.model_timeout);
  input_.options.traceparent = traceparent_;
  auto* response = google::protobuf::Arena::CreateMessage<v1::TranslateTextResponse>(&arena_);
  translations_ = translator().Translate(input_.messages, input_.options);
  SetTranslations(translations_, input_, translator().book(), response);
  response->set_revision(RevisionText(live_->revision));
  if (context_.metrics != nullptr) context_.metrics->CountTranslations(*response);
  return *response;
}

void TranslateWork::Count() const {
  if (context_.traffic == nullptr) return;
  const LocaleTable& locales = translator().book().locales();
  const std::optional<LocaleId>& source = input_.options.source;
  const absl::Time now = absl::Now();
  for (size_t i = 0; i < translations_.size(); ++i) {
    context_.traffic->Count(now, live_->revision,
                            source ? locales.tag(*source) : translations_[i].detected_language,
                            locales.tag(input_.options.target), translations_[i],
                            request_->contents(static_cast<int>(i)), translator().book());
  }
}

}  // namespace signalbook
