// A server of chat completions as OpenAI published the API and vLLM, llama.cpp and Ollama serve it, on a
// free port of this machine: POST /v1/chat/completions, its errors. Says what stands in its
// dictionary, and to everything else the user's message with "translated:" before it.
#ifndef SIGNALBOOK_TESTS_SUPPORT_FAKE_CHAT_H_
#define SIGNALBOOK_TESTS_SUPPORT_FAKE_CHAT_H_

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace httplib {
class Server;
}  // namespace httplib

namespace signalbook {

// Safe from many threads.
class FakeChat {
 public:
  struct Answer {
    int status = 200;
    std::string body;
  };

  // `model`: the only one it has. `api_key`: empty, none is asked for.
  explicit FakeChat(std::string model, std::string api_key = "");
  ~FakeChat();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }

  void Say(const std::string& text, const std::string& translation);
  // What `text` is answered from now on, whatever it should be.
  void AnswerTo(const std::string& text, Answer answer);
  // From now on nobody is answered before so many are there at once, or before ten seconds.
  void Gather(int requests);

  // The bodies that came, in order, and the headers "Authorization" and "Traceparent" with them.
  std::vector<std::string> questions() const;
  std::vector<std::string> authorizations() const;
  std::vector<std::string> traceparents() const;
  // Requests at once at most.
  int most_at_once() const;

  // The whole body of an answer.
  static std::string Completion(std::string_view content, std::string_view finish_reason = "stop");

 private:
  Answer Complete(const std::string& body, const std::string& authorization);

  const std::string model_;
  const std::string api_key_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::map<std::string, std::string> says_;
  std::map<std::string, Answer> answers_;
  std::vector<std::string> questions_, authorizations_, traceparents_;
  int gather_ = 0;
  int here_ = 0;
  int most_at_once_ = 0;

  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_FAKE_CHAT_H_
