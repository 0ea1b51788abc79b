#include "tests/support/fake_libretranslate.h"

#include <httplib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

namespace signalbook {
namespace {

using nlohmann::json;

FakeLibreTranslate::Answer Error(int status, const std::string& text) {
  return {status, json({{"error", text}}).dump()};
}

}  // namespace

FakeLibreTranslate::FakeLibreTranslate(std::vector<Language> languages, std::string api_key,
                                       std::shared_ptr<httplib::Server> server)
    : languages_(std::move(languages)), api_key_(std::move(api_key)), server_(std::move(server)) {
  if (server_ == nullptr) server_ = std::make_shared<httplib::Server>();
  const auto send = [](const Answer& answer, httplib::Response& response) {
    response.status = answer.status;
    response.set_content(answer.body, "application/json");
  };
  server_->Get("/languages", [this, send](const httplib::Request&, httplib::Response& response) {
    send(Languages(), response);
  });
  server_->Post("/translate",
                [this, send](const httplib::Request& request, httplib::Response& response) {
                  send(Translate(request.body, request.get_header_value("Traceparent")), response);
                });
  port_ = server_->bind_to_any_port("127.0.0.1");
  if (port_ <= 0) {
    std::fprintf(stderr, "no free port\n");
    std::abort();
  }
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::yield();
}

FakeLibreTranslate::~FakeLibreTranslate() {
  server_->stop();
  thread_.join();
}

void FakeLibreTranslate::Say(const std::string& text, const std::string& translation) {
  const std::lock_guard lock(mutex_);
  says_[text] = translation;
}

void FakeLibreTranslate::AnswerTranslate(std::optional<Answer> answer) {
  const std::lock_guard lock(mutex_);
  translate_ = std::move(answer);
}

void FakeLibreTranslate::AnswerLanguages(std::optional<Answer> answer) {
  const std::lock_guard lock(mutex_);
  languages_answer_ = std::move(answer);
}

std::vector<std::string> FakeLibreTranslate::questions() const {
  const std::lock_guard lock(mutex_);
  return questions_;
}

std::vector<std::string> FakeLibreTranslate::traceparents() const {
  const std::lock_guard lock(mutex_);
  return traceparents_;
}

int FakeLibreTranslate::language_requests() const {
  const std::lock_guard lock(mutex_);
  return language_requests_;
}

FakeLibreTranslate::Answer FakeLibreTranslate::Languages() {
  const std::lock_guard lock(mutex_);
  ++language_requests_;
  if (languages_answer_) return *languages_answer_;
  json list = json::array();
  for (const Language& language : languages_) {
    list.push_back(
        {{"code", language.code}, {"name", language.code}, {"targets", language.targets}});
  }
  return {200, list.dump()};
}

FakeLibreTranslate::Answer FakeLibreTranslate::Translate(const std::string& body,
                                                         const std::string& traceparent) {
  const std::lock_guard lock(mutex_);
  questions_.push_back(body);
  traceparents_.push_back(traceparent);
  if (translate_) return *translate_;
  const json question = json::parse(body, nullptr, false);
  if (!question.is_object()) return Error(400, "Invalid JSON format");
  if (!api_key_.empty()) {
    const std::string key = question.value("api_key", "");
    if (key.empty()) return Error(400, "Please contact the server operator to get an API key");
    if (key != api_key_) return Error(403, "Invalid API key");
  }
  if (!question.contains("q")) return Error(400, "Invalid request: missing q parameter");
  const std::string source = question.value("source", ""), target = question.value("target", "");
  const auto from = std::find_if(languages_.begin(), languages_.end(), [&](const Language& one) {
    return one.code == source || source == "auto";
  });
  if (from == languages_.end()) return Error(400, source + " is not supported");
  if (source != "auto" &&
      std::find(from->targets.begin(), from->targets.end(), target) == from->targets.end()) {
    return Error(400, target + " is not available as a target language from " + source);
  }
  const auto say = [&](const json& text) {
    const auto known = says_.find(text.get<std::string>());
    return known != says_.end() ? known->second : target + ":" + text.get<std::string>();
  };
  json answer;
  if (question["q"].is_array()) {
    answer["translatedText"] = json::array();
    for (const json& text : question["q"]) answer["translatedText"].push_back(say(text));
  } else {
    answer["translatedText"] = say(question["q"]);
  }
  return {200, answer.dump()};
}

}  // namespace signalbook
