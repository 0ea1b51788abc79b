// What a request costs apart from gRPC, stage by stage: bytes → message → checked → translated → bytes. On the
// tree's own book, with a model there that is never asked.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "service/composition.h"
#include "service/config.h"
#include "service/live_translator.h"
#include "service/translate_work.h"
#include "service/wire.h"
#include "tests/benchmark/chat_corpus.h"

namespace signalbook {
namespace {

// Everything of a server but the server.
struct Fixture {
  std::shared_ptr<Metrics> metrics = std::make_shared<Metrics>();
  TranslateContext context;
};

const Fixture& Everything() {
  static const Fixture* const fixture = [] {
    auto* made = new Fixture;
    v1::Config config;
    config.set_book(SIGNALBOOK_BOOK_FILE);
    config.mutable_apertium()->set_disabled(true);
    v1::ModelServer* model = config.add_models();
    model->set_name("never-asked");
    model->mutable_remote()->set_address("127.0.0.1:9");
    const absl::Status complete = CompleteConfig(&config);
    const absl::StatusOr<Composition> composition =
        complete.ok() ? Compose(config) : absl::StatusOr<Composition>(complete);
    if (!composition.ok()) {
      std::cerr << composition.status() << "\n";
      std::exit(1);
    }
    made->context = {.live = std::make_shared<LiveTranslator>(composition->translator),
                     .metrics = made->metrics.get()};
    return made;
  }();
  return *fixture;
}

std::vector<grpc::ByteBuffer> Requests(int messages_each) {
  const std::vector<ChatMessage> messages = ChatMessages(1024, {.emoji_share = 0.2});
  std::vector<grpc::ByteBuffer> requests;
  for (size_t i = 0; i + messages_each <= messages.size(); i += messages_each) {
    v1::TranslateTextRequest request;
    request.set_source_language_code("en");
    request.set_target_language_code("es");
    request.set_emoji_mode(v1::EMOJI_MODE_NAME);
    request.set_policy(v1::POLICY_STRICT);
    for (int k = 0; k < messages_each; ++k) request.add_contents(messages[i + k].text);
    requests.push_back(Serialize(request));
  }
  return requests;
}

enum class Upto { kParsed, kChecked, kModelRuledOut, kTranslated, kSerialized };

void Answer(benchmark::State& state, Upto upto) {
  const Fixture& fixture = Everything();
  const int messages_each = static_cast<int>(state.range(0));
  const std::vector<grpc::ByteBuffer> requests = Requests(messages_each);
  size_t next = 0;
  for (auto _ : state) {
    TranslateWork work(fixture.context, absl::InfiniteFuture());
    if (!ParseRequest(requests[next++ % requests.size()], work.request()).ok()) std::abort();
    if (upto < Upto::kChecked) continue;
    if (!work.Check().ok()) std::abort();
    if (upto < Upto::kModelRuledOut) continue;
    if (work.NeedsModel()) std::abort();
    if (upto < Upto::kTranslated) continue;
    const v1::TranslateTextResponse& response = work.Translate();
    if (upto < Upto::kSerialized) continue;
    benchmark::DoNotOptimize(Serialize(response));
  }
  state.SetItemsProcessed(state.iterations() * messages_each);
}
BENCHMARK_CAPTURE(Answer, parsed, Upto::kParsed)->Arg(1)->Arg(32);
BENCHMARK_CAPTURE(Answer, checked, Upto::kChecked)->Arg(1)->Arg(32);
BENCHMARK_CAPTURE(Answer, model_ruled_out, Upto::kModelRuledOut)->Arg(1)->Arg(32);
BENCHMARK_CAPTURE(Answer, translated, Upto::kTranslated)->Arg(1)->Arg(32);
BENCHMARK_CAPTURE(Answer, serialized, Upto::kSerialized)->Arg(1)->Arg(32);

}  // namespace
}  // namespace signalbook
