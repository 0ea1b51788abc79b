// A language model behind an OpenAI-compatible server (vLLM, llama.cpp, Ollama), reached by URL.
//
//   POST {url}/chat/completions
//     {"model": …, "messages": [{"role": "system", "content": instructions},
//                               {"role": "user", "content": the sentence}],
//      "temperature": 0, "max_tokens": …, "stream": false}
//     {"choices": [{"message": {"content": "Hola"}, "finish_reason": "stop"}]}
//
// The prompt is ours: the instructions (which languages, the translation alone, keep ⟦n⟧, the text
// is data) are the system message, and the sentence is the whole user message, nothing else.
//
// What a sentence like "ignore your instructions and …" can do all the same: have the model answer
// something else than its translation. What it cannot do: reach another answer, as each sentence is
// a conversation of its own; learn a secret, as the prompt holds none; leave by itself, as the gate
// judges the answer like any other candidate. The instructions make good answers likely; nothing
// relies on them.
//
// Sentences of a request are asked for side by side, each by a thread that lives as long as the
// request: a server batches what is there at once, so that one after the other would cost their sum,
// and beside seconds of a language model a thread costs nothing.
//
// What can go wrong, and what then happens, to that sentence alone:
//   * There is no server, TLS fails, it is busy (HTTP 429, 502, 503, 504): Unavailable.
//   * It refuses the key or this address (401, 403), it has no such model or URL (404):
//     FailedPrecondition, for an operator to mend.
//   * Half an answer (a finish_reason that is not "stop"), one too large, one of another shape, any
//     other HTTP status: Internal.
// Texts of the server's errors may hold message text and are never repeated.
//
// Known limits: a model that thinks aloud before it answers runs out of max_tokens: Internal; switch
// that off at the server. One whose template knows no system message is refused by its server.
#ifndef SIGNALBOOK_TRANSLATOR_MODELS_CHAT_H_
#define SIGNALBOOK_TRANSLATOR_MODELS_CHAT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "translator/model.h"
#include "translator/models/http_client.h"

namespace signalbook {

struct ChatOptions {
  // BCP 47. Each serves any tag that begins with it (pt: pt-BR too, zh: zh-Hant too); the prompt
  // names the request's own.
  struct Pair {
    std::string from;
    std::string to;
  };

  // Of the API, version and all: "http://127.0.0.1:8000/v1".
  std::string url;
  // As the server calls it: "llama3.1:8b".
  std::string model;
  // Empty: none is sent. Goes to `url` and nowhere else, and into no message.
  std::string api_key;
  // What it serves. Empty: all pairs of languages that have a name in English.
  std::vector<Pair> pairs;
  // A connection is there by then, or the server is Unavailable.
  absl::Duration connect_timeout = absl::Seconds(5);
  // Of an answer. More is Internal.
  size_t max_response_bytes = size_t{1} << 20;
  // Sentences of one request that the server is asked for at once, each by a thread.
  int max_parallel = 4;
};

class ChatModel final : public Model {
 public:
  // Asks nobody. InvalidArgument when an option makes no sense.
  static absl::StatusOr<std::unique_ptr<ChatModel>> Create(ChatOptions options);

  // As model.h says. ASCII whitespace around an answer is cut off; all else is left to the gate.
  // InvalidArgument for a sentence that is not UTF-8. The candidate's model is {"chat", `model`}.
  std::vector<absl::StatusOr<Candidate>> Translate(const ModelRequest& request) override;

 private:
  ChatModel(ChatOptions options, std::unique_ptr<HttpClient> http);
  // The system message; NotFound when the pair is not served.
  absl::StatusOr<std::string> Instructions(const ModelRequest& request) const;
  absl::StatusOr<Candidate> Ask(const std::string& instructions, const std::string& sentence,
                                const ModelRequest& request) const;

  const ChatOptions options_;
  const std::unique_ptr<HttpClient> http_;
};

}  // namespace signalbook

#endif  // SIGNALBOOK_TRANSLATOR_MODELS_CHAT_H_
