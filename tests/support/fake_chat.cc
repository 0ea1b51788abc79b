#include "tests/support/fake_chat.h"

#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

namespace signalbook {
namespace {

using nlohmann::json;

FakeChat::Answer Error(int status, const std::string& text, const std::string& type) {
  const json error = {{"message", text}, {"type", type}, {"param", nullptr}, {"code", status}};
  return {status, json({{"error", error}}).dump()};
}

// The text of the only message of this role; nullptr when there is none, or several.
const std::string* MessageOf(const json& question, std::string_view role) {
  const std::string* found = nullptr;
  for (const json& message : question["messages"]) {
    if (message.value("role", "") != role) continue;
    if (found != nullptr || !message.contains("content")) return nullptr;
    found = message["content"].get_ptr<const json::string_t*>();
  }
  return found;
}

}  // namespace

FakeChat::FakeChat(std::string model, std::string api_key)
    : model_(std::move(model)),
      api_key_(std::move(api_key)),
      server_(std::make_unique<httplib::Server>()) {
  server_->Post(
      "/v1/chat/completions", [this](const httplib::Request& request, httplib::Response& response) {
        {
          const std::lock_guard lock(mutex_);
          traceparents_.push_back(request.get_header_value("Traceparent"));
        }
        const Answer answer = Complete(request.body, request.get_header_value("Authorization"));
        response.status = answer.status;
        response.set_content(answer.body, "application/json");
      });
  port_ = server_->bind_to_any_port("127.0.0.1");
  if (port_ <= 0) {
    std::fprintf(stderr, "no free port\n");
    std::abort();
  }
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::yield();
}

FakeChat::~FakeChat() {
  server_->stop();
  thread_.join();
}

void FakeChat::Say(const std::string& text, const std::string& translation) {
  const std::lock_guard lock(mutex_);
  says_[text] = translation;
}

void FakeChat::AnswerTo(const std::string& text, Answer answer) {
  const std::lock_guard lock(mutex_);
  answers_[text] = std::move(answer);
}

void FakeChat::Gather(int requests) {
  const std::lock_guard lock(mutex_);
  gather_ = requests;
}

std::vector<std::string> FakeChat::questions() const {
  const std::lock_guard lock(mutex_);
  return questions_;
}

std::vector<std::string> FakeChat::authorizations() const {
  const std::lock_guard lock(mutex_);
  return authorizations_;
}

std::vector<std::string> FakeChat::traceparents() const {
  const std::lock_guard lock(mutex_);
  return traceparents_;
}

int FakeChat::most_at_once() const {
  const std::lock_guard lock(mutex_);
  return most_at_once_;
}

std::string FakeChat::Completion(std::string_view content, std::string_view finish_reason) {
  return json({{"id", "chatcmpl-1"},
               {"object", "chat.completion"},
               {"created", 1700000000},
               {"model", "a name of the server's own"},
               {"choices", json::array({{{"index", 0},
                                         {"message", {{"role", "assistant"}, {"content", content}}},
                                         {"logprobs", nullptr},
                                         {"finish_reason", finish_reason}}})},
               {"usage", {{"prompt_tokens", 9}, {"completion_tokens", 9}, {"total_tokens", 18}}}})
      .dump();
}

FakeChat::Answer FakeChat::Complete(const std::string& body, const std::string& authorization) {
  std::unique_lock lock(mutex_);
  questions_.push_back(body);
  authorizations_.push_back(authorization);
  most_at_once_ = std::max(most_at_once_, ++here_);
  came_.notify_all();
  came_.wait_for(lock, std::chrono::seconds(10), [this] { return most_at_once_ >= gather_; });
  --here_;

  if (!api_key_.empty() && authorization != "Bearer " + api_key_) {
    return Error(401, "Incorrect API key provided: " + authorization, "invalid_request_error");
  }
  const json question = json::parse(body, nullptr, false);
  if (!question.is_object() || !question.contains("messages") || !question["messages"].is_array() ||
      question.value("stream", false)) {
    return Error(400, "confidential is no request", "invalid_request_error");
  }
  if (question.value("model", "") != model_) {
    return Error(404, "The model does not exist.", "NotFoundError");
  }
  const std::string* const text = MessageOf(question, "user");
  const std::string* const instructions = MessageOf(question, "system");
  if (text == nullptr || instructions == nullptr || question.value("max_tokens", 0) <= 0) {
    return Error(400, "confidential is no conversation", "invalid_request_error");
  }
  if (const auto answer = answers_.find(*text); answer != answers_.end()) return answer->second;
  const auto known = says_.find(*text);
  return {200, Completion(known != says_.end() ? known->second : "translated:" + *text)};
}

}  // namespace signalbook
