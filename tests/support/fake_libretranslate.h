// LibreTranslate as its published API describes it, on a free port of this machine: GET /languages,
// POST /translate, its errors. Says what stands in its dictionary, and to everything else the text with
// the target's code before it: "es:Hello".
#ifndef SIGNALBOOK_TESTS_SUPPORT_FAKE_LIBRETRANSLATE_H_
#define SIGNALBOOK_TESTS_SUPPORT_FAKE_LIBRETRANSLATE_H_

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace httplib {
class Server;
}  // namespace httplib

namespace signalbook {

// Safe from many threads.
class FakeLibreTranslate {
 public:
  struct Language {
    std::string code;
    std::vector<std::string> targets;
  };
  struct Answer {
    int status = 200;
    std::string body;
  };

  // `api_key`: empty, none is asked for. `server`: one that is not started yet (with TLS); null: a
  // plain one.
  explicit FakeLibreTranslate(std::vector<Language> languages, std::string api_key = "",
                              std::shared_ptr<httplib::Server> server = nullptr);
  ~FakeLibreTranslate();

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  void Say(const std::string& text, const std::string& translation);
  // What /translate (/languages) answers from now on, whatever is asked; nullopt: as it should.
  void AnswerTranslate(std::optional<Answer> answer);
  void AnswerLanguages(std::optional<Answer> answer);

  // The bodies that came to /translate, in order, and the headers "Traceparent" with them.
  std::vector<std::string> questions() const;
  std::vector<std::string> traceparents() const;
  int language_requests() const;

 private:
  Answer Languages();
  Answer Translate(const std::string& body, const std::string& traceparent);

  const std::vector<Language> languages_;
  const std::string api_key_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> says_;
  std::optional<Answer> translate_, languages_answer_;
  std::vector<std::string> questions_, traceparents_;
  int language_requests_ = 0;

  std::shared_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TESTS_SUPPORT_FAKE_LIBRETRANSLATE_H_
