// A client of Signalbook in C++. README.md walks through it, and through the same in Python, Node and Go.
//
//   client [ADDRESS]     ADDRESS: 127.0.0.1:50051
//   SIGNALBOOK_TOKEN     who asks, where the server wants to know
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "signalbook/v1/translation.grpc.pb.h"

namespace {

namespace v1 = signalbook::v1;

using Clock = std::chrono::system_clock;
using Stub = v1::TranslationService::Stub;

constexpr auto kTimeout = std::chrono::seconds(30);
constexpr int kAttempts = 4;

// gRPC itself tries again when nobody could answer.
constexpr char kServiceConfig[] = R"({
  "methodConfig": [{
    "name": [{"service": "signalbook.v1.TranslationService"}],
    "retryPolicy": {
      "maxAttempts": 4,
      "initialBackoff": "0.1s",
      "maxBackoff": "2s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }]
})";

std::unique_ptr<Stub> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetMaxReceiveMessageSize(16 << 20);
  return v1::TranslationService::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
}

// Every call has a deadline, and a token where there is one.
void Prepare(grpc::ClientContext* context, Clock::time_point deadline) {
  context->set_deadline(deadline);
  if (const char* token = std::getenv("SIGNALBOOK_TOKEN")) {
    context->AddMetadata("authorization", std::string("Bearer ") + token);
  }
}

// What the server attached to an error: google.rpc.ErrorInfo, BadRequest, RetryInfo.
template <typename Detail>
std::optional<Detail> Find(const google::rpc::Status& error) {
  for (const google::protobuf::Any& any : error.details()) {
    if (Detail detail; any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

// gRPC's own errors have no details: nobody there, a request of more than 1 MiB.
google::rpc::Status Rich(const grpc::Status& status) {
  google::rpc::Status error;
  if (!error.ParseFromString(status.error_details())) error.Clear();
  error.set_code(status.error_code());
  return error;
}

// How long an overloaded server asks its callers to wait. nullopt: another try would change nothing.
std::optional<Clock::duration> RetryDelay(const grpc::Status& status) {
  if (status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) return std::nullopt;
  const auto retry = Find<google::rpc::RetryInfo>(Rich(status));
  if (!retry) return std::nullopt;
  return std::chrono::seconds(retry->retry_delay().seconds()) +
         std::chrono::duration_cast<Clock::duration>(
             std::chrono::nanoseconds(retry->retry_delay().nanos()));
}

// All tries share one deadline.
template <typename Request, typename Response>
grpc::Status Ask(Stub* stub,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const Request& request, Response* response) {
  const Clock::time_point deadline = Clock::now() + kTimeout;
  for (int attempt = 1;; ++attempt) {
    grpc::ClientContext context;
    Prepare(&context, deadline);
    grpc::Status status = (stub->*method)(&context, request, response);
    const std::optional<Clock::duration> delay = RetryDelay(status);
    if (!delay || attempt == kAttempts || Clock::now() + *delay >= deadline) return status;
    std::this_thread::sleep_for(*delay);
  }
}

void PrintError(const std::string& what, const google::rpc::Status& error) {
  std::cout << what << ": code " << error.code();
  if (const auto info = Find<google::rpc::ErrorInfo>(error)) std::cout << ", " << info->reason();
  if (const auto bad = Find<google::rpc::BadRequest>(error)) {
    for (const auto& violation : bad->field_violations()) std::cout << ", " << violation.field();
  }
  std::cout << "\n";
}

// What a reader is told. A client that is older than its server gets reasons that it does not know.
std::string Why(v1::Reason reason) {
  switch (reason) {
    case v1::REASON_NO_MODEL:
      return "this language is not translated here";
    case v1::REASON_MODEL_UNAVAILABLE:
    case v1::REASON_DEADLINE:
    case v1::REASON_MODEL_FAILED:
      return "try again later";
    case v1::REASON_NOT_ALLOWLISTED:
    case v1::REASON_BLOCKED:
    case v1::REASON_UNKNOWN_SEQUENCE:
    case v1::REASON_ILL_FORMED:
      return "no name that people approved";
    default:
      return "no translation that could be trusted";
  }
}

// Offsets count bytes of UTF-8, as std::string does.
std::string Slice(const std::string& text, const v1::ByteRange& range) {
  return text.substr(range.begin(), range.end() - range.begin());
}

grpc::Status Detect(Stub* stub, const std::vector<std::string>& messages) {
  v1::DetectLanguageRequest request;
  request.mutable_contents()->Assign(messages.begin(), messages.end());
  request.set_target_language_code("es");
  v1::DetectLanguageResponse response;
  grpc::Status status = Ask(stub, &Stub::DetectLanguage, request, &response);
  if (!status.ok()) return status;
  for (int i = 0; i < response.detections_size(); ++i) {
    const v1::Detection& detection = response.detections(i);
    const bool offer = detection.advice() == v1::ADVICE_TRANSLATE;
    std::cout << messages[i] << ": " << (offer ? "offer" : "don't offer") << " a translation ["
              << detection.language_code() << "]\n";
  }
  return status;
}

grpc::Status Translate(Stub* stub, const std::vector<std::string>& messages) {
  v1::TranslateTextRequest request;
  request.mutable_contents()->Assign(messages.begin(), messages.end());
  request.set_target_language_code("es");
  request.set_emoji_mode(v1::EMOJI_MODE_NAME);
  v1::TranslateTextResponse response;
  grpc::Status status = Ask(stub, &Stub::TranslateText, request, &response);
  if (!status.ok()) return status;
  for (int i = 0; i < response.translations_size(); ++i) {
    const v1::Translation& translation = response.translations(i);
    std::cout << translation.translated_text() << "\n";
    for (const v1::Piece& piece : translation.pieces()) {
      std::cout << "  " << v1::Licence_Name(piece.licence()) << " \""
                << Slice(translation.translated_text(), piece.target_range()) << "\"";
      if (piece.has_refusal()) {
        std::cout << " for \"" << Slice(messages[i], piece.source_range())
                  << "\": " << Why(piece.refusal().reason());
      }
      std::cout << "\n";
    }
  }
  return status;
}

// Writes on one thread and reads on another: a server that has 64 messages under way reads no more until
// somebody takes an answer.
grpc::Status Exchange(Stub* stub, const std::vector<v1::StreamTranslateTextRequest>& requests,
                      std::map<std::string, v1::StreamTranslateTextResponse>* answers) {
  grpc::ClientContext context;
  Prepare(&context, Clock::now() + kTimeout);
  const auto stream = stub->StreamTranslateText(&context);
  std::thread writer([&stream, &requests] {
    const auto write = [&stream](const auto& request) { return stream->Write(request); };
    if (std::all_of(requests.begin(), requests.end(), write)) stream->WritesDone();
  });
  for (v1::StreamTranslateTextResponse answer; stream->Read(&answer);) {
    (*answers)[answer.id()] = answer;
  }
  writer.join();
  return stream->Finish();
}

grpc::Status Stream(Stub* stub) {
  struct Message {
    const char* conversation;
    const char* text;
    const char* target;
  };
  constexpr Message kMessages[] = {
      {"family", "Good morning! 👍🏽", "es"},
      {"family", "See you tomorrow", "es"},
      {"work", "See you tomorrow", "fr"},
      {"work", "Good morning!", ""},  // no language: an error of this one
      {"", "🎉", "es"}};
  std::vector<v1::StreamTranslateTextRequest> requests;
  for (const Message& message : kMessages) {
    v1::StreamTranslateTextRequest& request = requests.emplace_back();
    request.set_id(std::to_string(requests.size()));
    request.set_conversation(message.conversation);
    request.set_timeout_ms(5000);
    request.mutable_translate()->add_contents(message.text);
    request.mutable_translate()->set_source_language_code("en");
    request.mutable_translate()->set_target_language_code(message.target);
  }

  std::map<std::string, v1::StreamTranslateTextResponse> answers;
  grpc::Status status;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    status = Exchange(stub, requests, &answers);
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) break;
    // The server went away: what it has not answered is sent again, to another one.
    std::erase_if(requests, [&answers](const auto& sent) { return answers.contains(sent.id()); });
  }
  if (!status.ok()) return status;
  for (const auto& [id, answer] : answers) {
    if (answer.has_error()) {
      PrintError(id, answer.error());
    } else {
      std::cout << id << ": " << answer.response().translations(0).translated_text() << "\n";
    }
  }
  return status;
}

grpc::Status BreakTheContract(Stub* stub) {
  v1::TranslateTextRequest request;
  request.set_target_language_code("es");
  request.add_contents("Good morning!");
  request.add_contents(std::string(8193, 'x'));
  v1::TranslateTextResponse response;
  grpc::Status status = Ask(stub, &Stub::TranslateText, request, &response);
  if (status.error_code() != grpc::StatusCode::INVALID_ARGUMENT) return status;
  PrintError("wrong request", Rich(status));
  return grpc::Status::OK;
}

}  // namespace

int main(int argc, char** argv) {
  const std::unique_ptr<Stub> stub = Connect(argc > 1 ? argv[1] : "127.0.0.1:50051");
  const std::vector<std::string> messages = {"The kitchen has 3 windows 🎉", "他在🇨🇦等你。",
                                             "👍🏽"};
  grpc::Status status = Detect(stub.get(), messages);
  if (status.ok()) status = Translate(stub.get(), messages);
  if (status.ok()) status = Stream(stub.get());
  if (status.ok()) status = BreakTheContract(stub.get());
  if (status.ok()) return 0;
  PrintError("failed", Rich(status));
  return 1;
}
