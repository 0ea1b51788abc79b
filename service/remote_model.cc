#include "service/remote_model.h"

#include <grpc/compression.h>
#include <grpc/impl/codegen/grpc_types.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "service/auth.h"
#include "service/limits.h"
#include "service/strings.h"
#include "translator/locale.h"
#include "translator/normalize.h"

namespace signalbook {
namespace {

constexpr std::string_view kUnnamed = "remote";
constexpr size_t kMaxNameBytes = 64;
// model.proto
constexpr size_t kMaxPairs = 100'000;
constexpr int kMaxPages = 1'000;
constexpr int kPageSize = 10'000;

// What a code means, be it of a call or of one sentence.
absl::Status StatusOf(int code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
      return absl::UnavailableError("no connection, or the server is out of order");
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return absl::UnavailableError("the server is busy");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return absl::DeadlineExceededError("no answer in time");
    case grpc::StatusCode::NOT_FOUND:
      return absl::NotFoundError("the server does not have this pair of languages");
    case grpc::StatusCode::UNIMPLEMENTED:
      return absl::NotFoundError("the server has no signalbook.v1.ModelService, or not all of it");
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return absl::InternalError("the server refuses the token or certificate, or wants one");
    default:
      break;
  }
  const std::string name = absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
  return absl::InternalError(
      StrCat("the server failed with ", name.empty() ? "a code that is none" : name));
}

// What gRPC itself finds wrong with an answer. It says so with codes that mean something else when a server
// says them, so its text decides; a server that says the same has failed, too.
struct Flaw {
  absl::string_view text;
  std::string_view meaning;
};
constexpr Flaw kFlaws[] = {
    {"Received message larger than max", "the answer is too large"},
    {"No message returned for unary request", "the answer is no message of model.proto"},
    {"Compression algorithm", "the answer is compressed"},
};

absl::Status StatusOf(const grpc::Status& status) {
  for (const Flaw& flaw : kFlaws) {
    if (absl::StrContains(status.error_message(), flaw.text)) {
      return absl::InternalError(AsAbsl(flaw.meaning));
    }
  }
  return StatusOf(static_cast<int>(status.error_code()));
}

absl::StatusOr<Candidate> CandidateOf(v1::TranslatedSentence* sentence) {
  if (sentence->answer_case() == v1::TranslatedSentence::kErrorCode) {
    if (sentence->error_code() == grpc::StatusCode::OK) {
      return absl::InternalError("an error that is none");
    }
    if (sentence->error_code() == grpc::StatusCode::FAILED_PRECONDITION) {
      return absl::FailedPreconditionError("the server has no translation that it stands by");
    }
    return StatusOf(sentence->error_code());
  }
  if (sentence->answer_case() != v1::TranslatedSentence::kText) {
    return absl::InternalError("neither a translation nor an error");
  }
  if (!IsModelName(sentence->model_name()) || !IsModelName(sentence->model_version())) {
    return absl::InternalError(StrCat("model_name or model_version is more than ", kMaxNameBytes,
                                      " bytes, or holds other characters than visible ASCII"));
  }
  return Candidate{
      .text = std::move(*sentence->mutable_text()),
      .model = {.name = sentence->model_name().empty() ? std::string(kUnnamed)
                                                       : std::move(*sentence->mutable_model_name()),
                .version = std::move(*sentence->mutable_model_version())}};
}

grpc::ChannelArguments ArgumentsOf(const RemoteModelOptions& options) {
  const auto timeout = static_cast<int>(
      std::min(absl::ToInt64Milliseconds(options.connect_timeout), int64_t{1} << 30));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(options.max_response_bytes);
  // gRPC bounds what comes in, not what it becomes: 8 MiB can unpack to 8 GiB. The first tells servers not to
  // compress; the second holds whatever they do.
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1 << GRPC_COMPRESS_NONE);
  arguments.SetInt(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // The first is how long an attempt to connect may take; the pause between two grows up to the last.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, timeout);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, std::min(timeout, 1000));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, timeout);
  // A machine that vanished says nothing: without these, the kernel believes in its connection for a
  // quarter of an hour, and every call waits for its deadline.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  return arguments;
}

}  // namespace

bool IsModelName(const std::string& text) {
  return text.size() <= kMaxNameBytes && std::all_of(text.begin(), text.end(), absl::ascii_isgraph);
}

absl::StatusOr<std::unique_ptr<RemoteModel>> RemoteModel::Create(
    const RemoteModelOptions& options) {
  if (options.address.empty()) {
    return absl::InvalidArgumentError(
        "remote model: no address; expected HOST:PORT or unix:PATH of a server");
  }
  if (options.connect_timeout < absl::Milliseconds(100) || options.max_response_bytes <= 0) {
    return absl::InvalidArgumentError(
        StrCat("remote model ", options.address,
               ": the connect timeout is at least 100 ms, the size of answers positive"));
  }
  if (!options.token.empty() && !IsToken(options.token)) {
    return absl::InvalidArgumentError(
        StrCat("remote model ", options.address,
               ": that is no token; expected visible ASCII characters, at most ", kMaxTokenBytes));
  }
  if (!options.token.empty() && LeavesInTheClear(options.address, options.tls)) {
    return absl::InvalidArgumentError(
        StrCat("remote model ", options.address,
               ": is another machine, which a token must not reach in the clear; use TLS"));
  }
  const absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials =
      MakeChannelCredentials(options.tls);
  if (!credentials.ok()) {
    return absl::Status(credentials.status().code(), StrCat("remote model ", options.address, ": ",
                                                            credentials.status().message()));
  }
  return std::unique_ptr<RemoteModel>(new RemoteModel(options, *credentials));
}

RemoteModel::RemoteModel(const RemoteModelOptions& options,
                         const std::shared_ptr<grpc::ChannelCredentials>& credentials)
    : address_(options.address),
      authorization_(options.token.empty() ? "" : StrCat("Bearer ", options.token)),
      stub_(v1::ModelService::NewStub(
          grpc::CreateCustomChannel(options.address, credentials, ArgumentsOf(options)))) {}

void RemoteModel::Prepare(absl::Time deadline, const ModelRequest* request,
                          grpc::ClientContext* context) const {
  context->set_deadline(absl::ToChronoTime(deadline));
  // As metadata, not as call credentials: those refuse a connection without TLS, also one that never
  // leaves the machine.
  if (!authorization_.empty()) context->AddMetadata("authorization", authorization_);
  if (request == nullptr) return;
  if (!request->traceparent.empty()) context->AddMetadata("traceparent", request->traceparent);
  context->AddMetadata(std::string(kHopsMetadata), std::to_string(request->hops + 1));
}

absl::Status RemoteModel::Named(const absl::Status& status) const {
  return absl::Status(status.code(), StrCat("remote model ", address_, ": ", status.message()));
}

std::vector<absl::StatusOr<Candidate>> RemoteModel::Translate(const ModelRequest& request) {
  std::vector<absl::StatusOr<Candidate>> results(
      request.sentences.size(), Named(absl::InvalidArgumentError("the sentence is not UTF-8")));
  v1::TranslateSentencesRequest question;
  std::vector<size_t> places;  // of each asked sentence among the results
  for (size_t i = 0; i < results.size(); ++i) {
    if (FindInvalidUtf8(request.sentences[i])) continue;
    question.add_sentences(request.sentences[i]);
    places.push_back(i);
  }
  if (places.empty()) return results;
  question.set_source_language_code(request.source_locale);
  question.set_target_language_code(request.target_locale);

  grpc::ClientContext context;
  Prepare(request.deadline, &request, &context);
  v1::TranslateSentencesResponse response;
  const grpc::Status called = stub_->TranslateSentences(&context, question, &response);
  absl::Status status = called.ok() ? absl::OkStatus() : StatusOf(called);
  if (status.ok() && static_cast<size_t>(response.sentences_size()) != places.size()) {
    status = absl::InternalError("an answer for another number of sentences");
  }
  for (size_t k = 0; k < places.size(); ++k) {
    absl::StatusOr<Candidate> candidate =
        status.ok() ? CandidateOf(response.mutable_sentences(static_cast<int>(k)))
                    : absl::StatusOr<Candidate>(status);
    if (candidate.ok()) {
      results[places[k]] = *std::move(candidate);
    } else {
      results[places[k]] = Named(candidate.status());
    }
  }
  return results;
}

absl::StatusOr<std::vector<RemoteModel::Pair>> RemoteModel::ListLanguagePairs(absl::Time deadline) {
  std::vector<Pair> pairs;
  size_t listed = 0;
  v1::ListLanguagePairsRequest question;
  question.set_page_size(kPageSize);
  for (int page = 0; page < kMaxPages; ++page) {
    grpc::ClientContext context;
    Prepare(deadline, nullptr, &context);
    v1::ListLanguagePairsResponse response;
    const grpc::Status status = stub_->ListLanguagePairs(&context, question, &response);
    if (!status.ok()) return Named(StatusOf(status));
    listed += static_cast<size_t>(response.language_pairs_size());
    if (listed > kMaxPairs) break;
    for (const v1::LanguagePair& pair : response.language_pairs()) {
      const auto source = CanonicalizeLocale(pair.source_language_code());
      const auto target = CanonicalizeLocale(pair.target_language_code());
      if (source.ok() && target.ok()) pairs.push_back({*source, *target});
    }
    if (response.next_page_token().empty()) return pairs;
    question.set_page_token(response.next_page_token());
  }
  return Named(absl::InternalError(
      StrCat("more than ", kMaxPairs, " pairs of languages, or ", kMaxPages, " pages of them")));
}

}  // namespace signalbook
