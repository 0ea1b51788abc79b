#include "service/sentence_calls.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "service/limits.h"
#include "service/remote_model.h"
#include "service/request.h"
#include "service/status.h"
#include "service/strings.h"
#include "service/wire.h"

namespace signalbook {
namespace {

constexpr char kUnnamed[] = "signalbook";

// How many servers it came through. What is no number is somebody's who counts otherwise: it is not let go round.
absl::StatusOr<int> HopsOf(const grpc::CallbackServerContext& context) {
  const std::string_view given = MetadataOf(context, kHopsMetadata.data());
  int hops = 0;
  if (!given.empty() && (!absl::SimpleAtoi(AsAbsl(given), &hops) || hops < 0)) hops = kMaxHops + 1;
  if (hops <= kMaxHops) return hops;
  return absl::NotFoundError(StrCat(
      "the request has come through more than ", kMaxHops,
      " servers, each the model of the one before: look for a circle in their configurations"));
}

absl::Status CheckSentences(const v1::TranslateSentencesRequest& request) {
  const auto refuse = [](std::string_view reason, std::string field, std::string description) {
    return InvalidRequest({.reason = reason,
                           .field = std::move(field),
                           .description = std::move(description),
                           .metadata = {}});
  };
  if (request.sentences().empty()) {
    return refuse(reason::kContentsEmpty, "sentences", "no sentence");
  }
  if (request.sentences_size() > kMaxSentences) {
    return refuse(reason::kTooManyContents, "sentences",
                  StrCat(request.sentences_size(), " sentences; at most ", kMaxSentences));
  }
  size_t bytes = 0;
  for (int i = 0; i < request.sentences_size(); ++i) {
    bytes += request.sentences(i).size();
    if (request.sentences(i).size() <= kMaxSentenceBytes) continue;
    return refuse(reason::kContentTooLong, StrCat("sentences[", i, "]"),
                  StrCat(request.sentences(i).size(), " bytes; at most ", kMaxSentenceBytes));
  }
  if (bytes > kMaxRequestBytes) {
    return refuse(reason::kBatchTooLong, "sentences",
                  StrCat(bytes, " bytes together; at most ", kMaxRequestBytes));
  }
  return absl::OkStatus();
}

grpc::StatusCode CodeOf(Reason reason) {
  switch (reason) {
    case Reason::kNoModel:
      return grpc::StatusCode::NOT_FOUND;
    case Reason::kModelUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case Reason::kDeadline:
      return grpc::StatusCode::DEADLINE_EXCEEDED;
    default:
      return grpc::StatusCode::FAILED_PRECONDITION;
  }
}

void SetAnswer(Translation translation, v1::TranslatedSentence* answer) {
  const ModelRef* model = nullptr;
  for (const Piece& piece : translation.pieces) {
    if (piece.refusal) return answer->set_error_code(CodeOf(piece.refusal->reason));
    if (model == nullptr && piece.model) model = &*piece.model;
  }
  answer->set_model_name(kUnnamed);
  // A name that the other would refuse loses the sentence.
  if (model != nullptr && !model->name.empty() && IsModelName(model->name)) {
    answer->set_model_name(model->name);
    if (IsModelName(model->version)) answer->set_model_version(model->version);
  }
  answer->set_text(std::move(translation.text));
}

}  // namespace

absl::Status SentencesCall::Parse(const grpc::CallbackServerContext& context,
                                  const grpc::ByteBuffer& bytes) {
  if (absl::Status status = ParseRequest(bytes, &request_); !status.ok()) return status;
  if (absl::Status status = ChargeFor(request_, grant()); !status.ok()) return status;
  if (absl::Status status = CheckSentences(request_); !status.ok()) return status;
  const absl::StatusOr<int> hops = HopsOf(context);
  if (!hops.ok()) return hops.status();
  const LocaleTable& locales = live_->translator->book().locales();
  const std::optional<LocaleId> source = locales.Resolve(request_.source_language_code());
  const std::optional<LocaleId> target = locales.Resolve(request_.target_language_code());
  // Root is what the book falls back to for a language that it has not, and none itself.
  if (!source || !target || *source == kRootLocale || *target == kRootLocale) {
    return absl::NotFoundError("the book of this server does not have both languages");
  }
  options_.source = *source;
  options_.target = *target;
  options_.hops = *hops;
  messages_.reserve(static_cast<size_t>(request_.sentences_size()));
  for (int i = 0; i < request_.sentences_size(); ++i) {
    absl::StatusOr<Message> message = Normalize(request_.sentences(i));
    if (!message.ok()) return InvalidUtf8(StrCat("sentences[", i, "]"), 0);
    messages_.push_back(*std::move(message));
  }
  return absl::OkStatus();
}

bool SentencesCall::NeedsModel() const {
  return live_->translator->NeedsModel(messages_, options_);
}

void SentencesCall::Run() {
  options_.deadline = ModelDeadline(absl::Now(), caller_deadline_, context_.model_timeout);
  v1::TranslateSentencesResponse response;
  for (Translation& translation : live_->translator->Translate(messages_, options_)) {
    SetAnswer(std::move(translation), response.add_sentences());
  }
  Reply(response);
}

bool SentencesCall::Abandoned() const { return answered() || absl::Now() >= caller_deadline_; }

void SentencesCall::TurnedAway() { Fail(QueueFull(queue_, kRetryDelay)); }

}  // namespace signalbook
