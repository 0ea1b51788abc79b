#include "tests/end_to_end/replicas/steady_load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace signalbook {
namespace {

using Stub = v1::TranslationService::Stub;

constexpr int kPolicyClients = 5;
constexpr int kBareClients = 2;
constexpr int kStreamClients = 3;
constexpr int kStreamMessages = 60;
constexpr size_t kMaxWrong = 20;
// As deploy/clients has it.
constexpr absl::Duration kTimeout = absl::Seconds(30);
// The machine has other things to do.
constexpr absl::Duration kPause = absl::Milliseconds(10);

const std::vector<v1::TranslateTextRequest>& Messages() {
  static const auto* const messages = [] {
    auto* made = new std::vector<v1::TranslateTextRequest>();
    const auto add = [made](const std::vector<std::string>& contents, v1::EmojiMode mode) {
      v1::TranslateTextRequest& request = made->emplace_back();
      request.mutable_contents()->Assign(contents.begin(), contents.end());
      request.set_source_language_code("en");
      request.set_target_language_code("es");
      request.set_emoji_mode(mode);
    };
    add({"👍"}, v1::EMOJI_MODE_NAME);
    add({"🇨🇦"}, v1::EMOJI_MODE_NAME);
    add({"👍 🇨🇦"}, v1::EMOJI_MODE_KEEP_AND_NAME);
    add({"see you at https://example.com/a?b=c 🎉", "👍👍", "🇨🇦🇨", "", "👩‍🚀"},
        v1::EMOJI_MODE_NAME);
    add(std::vector<std::string>(100, "👍 and 🇨🇦, 100 times"), v1::EMOJI_MODE_NAME);
    return made;
  }();
  return *messages;
}

std::string Key(const v1::TranslateTextResponse& response) {
  return absl::StrCat("book ", response.book().hash(), ", revision ", response.revision());
}

int64_t RevisionOf(const v1::TranslateTextResponse& response) {
  return std::atoll(response.revision().c_str());  // empty: 0
}

// The retry policy that clients are told to use.
std::string DocumentedPolicy() {
  std::ifstream file(SIGNALBOOK_SOURCE_DIR "/deploy/clients/client.cc");
  const std::string program{std::istreambuf_iterator<char>(file), {}};
  const size_t begin = program.find("R\"({") + 3;
  const std::string policy = program.substr(begin, program.find(")\"", begin) - begin);
  EXPECT_NE(policy.find("retryPolicy"), std::string::npos) << policy;
  return policy;
}

std::unique_ptr<Stub> Connect(const std::string& address, const std::string& policy) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(16 << 20);
  if (policy.empty()) {
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  } else {
    arguments.SetServiceConfigJSON(policy);
  }
  return v1::TranslationService::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
}

std::string Describe(const grpc::Status& status) {
  return absl::StrCat("code ", status.error_code(), ", ", status.error_message());
}

}  // namespace

SteadyLoad::SteadyLoad(std::string address, absl::Duration max_staleness)
    : address_(std::move(address)), max_staleness_(max_staleness) {}

SteadyLoad::~SteadyLoad() { Stop(); }

void SteadyLoad::Start() {
  for (int i = 0; i < kPolicyClients; ++i) {
    threads_.emplace_back([this, i] { Calls(/*policy=*/true, i); });
  }
  for (int i = 0; i < kBareClients; ++i) {
    threads_.emplace_back([this, i] { Calls(/*policy=*/false, i); });
  }
  for (int i = 0; i < kStreamClients; ++i) threads_.emplace_back([this, i] { Streams(i); });
}

void SteadyLoad::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void SteadyLoad::Calls(bool policy, int seed) {
  const std::unique_ptr<Stub> stub = Connect(address_, policy ? DocumentedPolicy() : "");
  for (size_t i = seed; !stopping_; ++i) {
    const size_t message = i % Messages().size();
    grpc::ClientContext context;
    const absl::Time start = absl::Now();
    context.set_deadline(absl::ToChronoTime(start + kTimeout));
    v1::TranslateTextResponse response;
    ++calls_;
    const grpc::Status status = stub->TranslateText(&context, Messages()[message], &response);
    if (status.ok()) Check(message, response, start);
    if (!status.ok() && (policy || status.error_code() != grpc::StatusCode::UNAVAILABLE)) {
      AddWrong(absl::StrCat(policy ? "a call was lost after all tries: " : "a call failed: ",
                            Describe(status)));
    }
    {
      std::lock_guard lock(mutex_);
      if (policy) {
        counts_.answered += status.ok() ? 1 : 0;
        counts_.slowest = std::max(counts_.slowest, absl::Now() - start);
      } else {
        ++(status.ok() ? counts_.bare_answered : counts_.bare_unavailable);
      }
    }
    absl::SleepFor(kPause);
  }
}

void SteadyLoad::Streams(int seed) {
  const std::unique_ptr<Stub> stub = Connect(address_, DocumentedPolicy());
  for (size_t round = seed; !stopping_; ++round) {
    std::set<int> missing;
    for (int i = 0; i < kStreamMessages; ++i) missing.insert(i);
    const absl::Time start = absl::Now();
    while (!missing.empty() && absl::Now() < start + kTimeout) Stream(stub.get(), &missing);
    if (!missing.empty()) AddWrong("messages on streams were not answered");
  }
}

void SteadyLoad::Stream(Stub* stub, std::set<int>* missing) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kTimeout));
  const std::set<int> asked = *missing;
  ++calls_;
  const auto stream = stub->StreamTranslateText(&context);
  std::array<std::atomic<int64_t>, kStreamMessages> sent = {};  // nanoseconds since 1970
  std::thread writer([&stream, &asked, &sent] {
    for (const int id : asked) {
      v1::StreamTranslateTextRequest request;
      request.set_id(std::to_string(id));
      request.set_conversation("room");
      *request.mutable_translate() = Messages()[id % Messages().size()];
      // As people write: a stream is open while things happen.
      absl::SleepFor(absl::Milliseconds(50));
      sent[id] = absl::ToUnixNanos(absl::Now());
      if (!stream->Write(request)) return;
    }
    stream->WritesDone();
  });
  for (v1::StreamTranslateTextResponse answer; stream->Read(&answer);) {
    const int id = std::atoi(answer.id().c_str());
    if (answer.has_error()) {
      if (answer.error().code() == grpc::StatusCode::UNAVAILABLE) continue;
      AddWrong(absl::StrCat("a message on a stream: code ", answer.error().code()));
    }
    if (missing->erase(id) == 0) AddWrong("a message on a stream was answered twice");
    if (answer.has_response()) {
      Check(id % Messages().size(), answer.response(), absl::FromUnixNanos(sent[id]));
    }
    std::lock_guard lock(mutex_);
    ++counts_.streamed;
  }
  const grpc::Status status = stream->Finish();
  context.TryCancel();
  writer.join();
  if (status.ok()) {
    if (!missing->empty()) AddWrong("a stream ended well without all answers");
    return;
  }
  // The replica says UNAVAILABLE; haproxy, of one that is gone, can only reset the stream.
  constexpr grpc::StatusCode kBroken[] = {grpc::StatusCode::UNAVAILABLE,
                                          grpc::StatusCode::CANCELLED, grpc::StatusCode::INTERNAL,
                                          grpc::StatusCode::UNKNOWN};
  if (std::find(std::begin(kBroken), std::end(kBroken), status.error_code()) == std::end(kBroken)) {
    AddWrong(absl::StrCat("a stream ended: ", Describe(status)));
  }
  std::lock_guard lock(mutex_);
  ++counts_.streams_broken[status.error_code()];
}

bool SteadyLoad::AskDirectly(Stub* stub) {
  for (size_t message = 0; message < Messages().size(); ++message) {
    grpc::ClientContext context;
    const absl::Time start = absl::Now();
    context.set_deadline(absl::ToChronoTime(start + kTimeout));
    v1::TranslateTextResponse response;
    if (!stub->TranslateText(&context, Messages()[message], &response).ok()) return false;
    Check(message, response, start);
  }
  return true;
}

std::string SteadyLoad::Answering(const std::string& address) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
  v1::TranslateTextResponse response;
  const bool ok = Connect(address, "")->TranslateText(&context, Messages()[0], &response).ok();
  return ok ? Key(response) : "";
}

void SteadyLoad::Learn(const std::string& address) {
  const std::unique_ptr<Stub> stub = Connect(address, "");
  std::string key;
  std::vector<std::string> right;
  for (const v1::TranslateTextRequest& message : Messages()) {
    grpc::ClientContext context;
    v1::TranslateTextResponse response;
    const grpc::Status status = stub->TranslateText(&context, message, &response);
    ASSERT_TRUE(status.ok()) << Describe(status);
    ASSERT_TRUE(key.empty() || key == Key(response)) << "it changes while it is asked";
    key = Key(response);
    right.push_back(response.SerializeAsString());
  }
  std::lock_guard lock(mutex_);
  right_[key] = std::move(right);
}

void SteadyLoad::Decided(int64_t revision) {
  std::lock_guard lock(mutex_);
  decided_[revision] = absl::Now();
}

void SteadyLoad::Check(size_t message, const v1::TranslateTextResponse& response,
                       absl::Time asked) {
  std::lock_guard lock(mutex_);
  answers_.insert({Key(response), message, response.SerializeAsString()});
  // A server that answered had seen the database less than max_staleness before, when the next revision was not
  // there yet.
  const auto next = decided_.upper_bound(RevisionOf(response));
  if (next != decided_.end() && asked > next->second + max_staleness_ &&
      wrong_.size() < kMaxWrong) {
    wrong_.push_back(absl::StrCat("revision ", response.revision(), " was served ",
                                  absl::FormatDuration(asked - next->second),
                                  " after the next one was decided"));
  }
}

void SteadyLoad::AddWrong(const std::string& what) {
  std::lock_guard lock(mutex_);
  if (wrong_.size() < kMaxWrong) wrong_.push_back(what);
}

SteadyLoad::Counts SteadyLoad::TakeCounts() {
  std::lock_guard lock(mutex_);
  return std::exchange(counts_, {});
}

std::vector<std::string> SteadyLoad::Wrong() const {
  std::lock_guard lock(mutex_);
  return wrong_;
}

void SteadyLoad::Judge() {
  std::lock_guard lock(mutex_);
  for (const Answer& answer : answers_) {
    const auto right = right_.find(answer.key);
    if (right == right_.end()) {
      wrong_.push_back(absl::StrCat("nobody decided on ", answer.key));
    } else if (right->second[answer.message] != answer.bytes) {
      wrong_.push_back(
          absl::StrCat("message ", answer.message, " is answered otherwise with ", answer.key));
    }
  }
}

}  // namespace signalbook
