// What Signalbook adds to gRPC: the same load on it and on a bare echo, in turn, on the machine as it is. And
// what happens to it when there is too much of everything: calls, stuck models, a signal to stop.
//
//   service_benchmark [--only unary,batch,stream,overload,health,shutdown] [--rounds 7] [--seconds 1]
//                     [--json] [--require]
//
// Rounds are short and alternate, and what counts is the median of their ratios: whatever else the machine does,
// it does to both. Exit 1 when an answer was wrong or (--require) a target is missed.
#include <grpcpp/health_check_service_interface.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "signalbook/v1/translation.pb.h"
#include "tests/benchmark/chat_corpus.h"
#include "tests/benchmark/service/load.h"
#include "tests/benchmark/service/report.h"
#include "tests/benchmark/service/servers.h"
#include "tests/benchmark/service/stuck_model.h"

namespace signalbook {
namespace {

constexpr char kTranslate[] = "/signalbook.v1.TranslationService/TranslateText";
constexpr char kStream[] = "/signalbook.v1.TranslationService/StreamTranslateText";
constexpr size_t kMessages = 1024;
constexpr size_t kBatch = 32;

struct Options {
  int rounds = 7;
  absl::Duration round = absl::Seconds(1);
};

void Die(const std::string& what) {
  std::fprintf(stderr, "service_benchmark: %s\n", what.c_str());
  std::exit(1);
}

// Emoji become their names, and prose needs no model: what the book alone answers.
v1::TranslateTextRequest DictionaryOnly() {
  v1::TranslateTextRequest request;
  request.set_source_language_code("en");
  request.set_target_language_code("es");
  request.set_emoji_mode(v1::EMOJI_MODE_NAME);
  request.set_policy(v1::POLICY_STRICT);
  return request;
}

// Every emoji of the messages has become a name of the book.
void CheckAnswer(const v1::TranslateTextResponse& response, const ChatMessage* messages) {
  for (int i = 0; i < response.translations_size(); ++i) {
    int named = 0;
    for (const v1::Piece& piece : response.translations(i).pieces()) {
      named += piece.kind() == v1::KIND_EMOJI && piece.licence() == v1::LICENCE_BOOK;
    }
    if (named != messages[i].emoji) {
      Die(absl::StrFormat("%d of %d emoji were named", named, messages[i].emoji));
    }
  }
}

// The questions of the corpus, so many messages each, with what a Signalbook answers to them.
std::vector<Question> TranslateQuestions(const std::string& address, size_t messages_each) {
  static const std::vector<ChatMessage> corpus = ChatMessages(kMessages, {.emoji_share = 0.2});
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  std::vector<Question> questions;
  for (size_t i = 0; i + messages_each <= corpus.size(); i += messages_each) {
    v1::TranslateTextRequest request = DictionaryOnly();
    for (size_t k = 0; k < messages_each; ++k) request.add_contents(corpus[i + k].text);
    questions.push_back({BytesOf(request.SerializeAsString()), ""});

    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    grpc::ByteBuffer answer;
    grpc::Status status;
    const auto call = stub.PrepareUnaryCall(&context, kTranslate, questions.back().request, &queue);
    call->StartCall();
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    if (!status.ok()) Die("a translation fails: " + status.error_message());
    questions.back().answer = TextOf(answer);
    v1::TranslateTextResponse response;
    if (!response.ParseFromString(questions.back().answer) ||
        response.translations_size() != static_cast<int>(messages_each)) {
      Die("an answer cannot be read");
    }
    CheckAnswer(response, &corpus[i]);
  }
  return questions;
}

std::vector<Question> StreamQuestions(const std::vector<Question>& unary) {
  std::vector<Question> questions;
  for (const Question& question : unary) {
    v1::StreamTranslateTextRequest request;
    v1::StreamTranslateTextResponse answer;
    request.set_id(std::to_string(questions.size()));
    request.set_conversation("room");
    answer.set_id(request.id());
    if (!request.mutable_translate()->ParseFromString(TextOf(question.request)) ||
        !answer.mutable_response()->ParseFromString(question.answer)) {
      Die("a question cannot be read");
    }
    questions.push_back({BytesOf(request.SerializeAsString()), answer.SerializeAsString()});
  }
  return questions;
}

// What an echo answers.
std::vector<Question> Echoed(const std::vector<Question>& questions) {
  std::vector<Question> echoed;
  for (const Question& question : questions) {
    echoed.push_back({question.request, TextOf(question.request)});
  }
  return echoed;
}
std::vector<Question> AnswersEchoed(const std::vector<Question>& questions) {
  std::vector<Question> echoed;
  for (const Question& question : questions) {
    echoed.push_back({BytesOf(question.answer), question.answer});
  }
  return echoed;
}

// One side of a comparison: who is asked, and how.
struct Side {
  Load* load;
  const MeasuredServer* server;
};
struct Comparison {
  double rate_ratio, cpu_ratio;         // of the first to the second; above 1 the first is better
  double rate[2], cpu_microseconds[2];  // medians; of server CPU per call

  std::string Rates() const { return absl::StrFormat("%.0f/s to %.0f/s", rate[0], rate[1]); }
  std::string Cpu() const {
    return absl::StrFormat("%.1f µs to %.1f µs", cpu_microseconds[0], cpu_microseconds[1]);
  }
};

Comparison Compare(const Side& first, const Side& second, const Options& options) {
  const Side* const sides[] = {&first, &second};
  for (const Side* side : sides) side->load->Run(options.round / 2);
  std::vector<double> rates[2], cpus[2], rate_ratios, cpu_ratios;
  for (int round = 0; round < options.rounds; ++round) {
    for (const int turn : {0, 1}) {
      const int i = (round + turn) % 2;
      const absl::Duration before = sides[i]->server->Cpu();
      const LoadResult result = sides[i]->load->Run(options.round);
      const absl::Duration cpu = sides[i]->server->Cpu() - before;
      if (result.failed + result.wrong > 0 || result.right == 0) {
        Die(absl::StrFormat("%d answers right, %d wrong, %d calls failed", result.right,
                            result.wrong, result.failed));
      }
      rates[i].push_back(result.PerSecond());
      cpus[i].push_back(absl::ToDoubleMicroseconds(cpu) / static_cast<double>(result.right));
    }
    rate_ratios.push_back(rates[0].back() / rates[1].back());
    cpu_ratios.push_back(cpus[1].back() / cpus[0].back());
  }
  return {Median(rate_ratios),
          Median(cpu_ratios),
          {Median(rates[0]), Median(rates[1])},
          {Median(cpus[0]), Median(cpus[1])}};
}

Comparison CompareToEcho(const std::function<std::unique_ptr<Load>(const LoadOptions&)>& load,
                         const char* method, SignalbookServer& server, const MeasuredServer& echo,
                         const std::vector<Question>& questions,
                         const std::vector<Question>& echoed, const Options& options) {
  LoadOptions to{.address = server->address(), .method = method, .questions = &questions};
  const auto ours = load(to);
  to.address = echo.address();
  to.questions = &echoed;
  const auto theirs = load(to);
  return Compare({ours.get(), &*server}, {theirs.get(), &echo}, options);
}

void MeasureUnary(const Options& options, Report* report) {
  SignalbookServer server(StuckModel::Config());
  const MeasuredServer& echo = EchoServer();
  const std::vector<Question> questions = TranslateQuestions(server->address(), 1);
  const Comparison unary =
      CompareToEcho(UnaryLoad, kTranslate, server, echo, questions, Echoed(questions), options);
  report->Add("unary: calls per second", unary.rate_ratio, "×", Target{Bound::kAtLeast, 0.9},
              unary.Rates() + " of the echo");
  report->Add("unary: server CPU per call", unary.cpu_ratio, "×", Target{Bound::kAtLeast, 0.9},
              unary.Cpu() + " of the echo");
}

void MeasureBatch(const Options& options, Report* report) {
  SignalbookServer server(StuckModel::Config());
  const MeasuredServer& echo = EchoServer();
  const std::vector<Question> single = TranslateQuestions(server->address(), 1);
  const std::vector<Question> batches = TranslateQuestions(server->address(), kBatch);
  const Comparison batch =
      CompareToEcho(UnaryLoad, kTranslate, server, echo, batches, Echoed(batches), options);
  report->Add("batch of 32: batches per second", batch.rate_ratio, "×",
              Target{Bound::kAtLeast, 0.75}, batch.Rates() + " of the echo");
  report->Add("batch of 32: server CPU", batch.cpu_ratio, "×", std::nullopt,
              batch.Cpu() + " of the echo");
  const Comparison answers =
      CompareToEcho(UnaryLoad, kTranslate, server, echo, batches, AnswersEchoed(batches), options);
  report->Add("batch of 32, to an echo of the answers", answers.rate_ratio, "×", std::nullopt,
              answers.Rates() + " of the echo");

  LoadOptions to{.address = server->address(), .method = kTranslate, .questions = &single};
  const auto unary_load = UnaryLoad(to);
  to.questions = &batches;
  const auto batch_load = UnaryLoad(to);
  const Comparison item =
      Compare({batch_load.get(), &*server}, {unary_load.get(), &*server}, options);
  report->Add("batch of 32: CPU of an item", item.cpu_ratio * kBatch, "×",
              Target{Bound::kAtLeast, 8},
              absl::StrFormat("%.2f µs to %.2f µs of a unary call",
                              item.cpu_microseconds[0] / kBatch, item.cpu_microseconds[1]));
}

void MeasureStream(const Options& options, Report* report) {
  SignalbookServer server(StuckModel::Config());
  const MeasuredServer& echo = EchoServer();
  const std::vector<Question> questions = StreamQuestions(TranslateQuestions(server->address(), 1));
  const Comparison stream =
      CompareToEcho(StreamLoad, kStream, server, echo, questions, Echoed(questions), options);
  report->Add("stream: messages per second", stream.rate_ratio, "×", Target{Bound::kAtLeast, 0.85},
              stream.Rates() + " of the echo");
  report->Add("stream: server CPU", stream.cpu_ratio, "×", std::nullopt,
              stream.Cpu() + " of the echo");
}

void MeasureOverload(const Options& options, Report* report) {
  // A server each: memory that was used once stays.
  SignalbookServer busy(StuckModel::Config());
  SignalbookServer flooded(StuckModel::Config());
  const std::vector<Question> questions = TranslateQuestions(busy->address(), 1);
  const auto calm = UnaryLoad({.address = busy->address(),
                               .method = kTranslate,
                               .outstanding = 32,
                               .questions = &questions});
  const auto flood = UnaryLoad({.address = flooded->address(),
                                .method = kTranslate,
                                .outstanding = 4096,
                                .questions = &questions});
  const Comparison overload = Compare({flood.get(), &*flooded}, {calm.get(), &*busy}, options);
  report->Add("4×4096 outstanding: goodput", overload.rate_ratio, "×", Target{Bound::kAtLeast, 0.9},
              overload.Rates() + " with 4×32");
  const auto peak = static_cast<double>(flooded->PeakBytes());
  const auto calm_peak = static_cast<double>(busy->PeakBytes());
  report->Add(
      "4×4096 outstanding: memory", peak / calm_peak, "×", Target{Bound::kAtMost, 3},
      absl::StrFormat("%.0f MiB to %.0f MiB with 4×32", peak / (1 << 20), calm_peak / (1 << 20)));
}

void MeasureHealth(const Options& /*options*/, Report* report) {
  StuckModel model;
  SignalbookServer server(model.ConfigOfIt() + "model_workers: 4\nmodel_queue: 64\n");
  StuckCalls calls(server->address(), 4 + 64);
  model.WaitForRequests(4);
  const std::vector<double> milliseconds = HealthLatencies(server->address(), 2'000);
  report->Add("health, every model worker blocked: p99", Percentile(milliseconds, 0.99), "ms",
              Target{Bound::kAtMost, 50},
              absl::StrFormat("p50 %.2f ms, of 2,000", Percentile(milliseconds, 0.5)));
}

void MeasureShutdown(const Options& /*options*/, Report* report) {
  constexpr absl::Duration kGrace = absl::Seconds(1);
  StuckModel model;
  SignalbookServer server(model.ConfigOfIt() +
                          "model_workers: 4\ndrain_timeout_ms: 1000\nmodel_timeout_ms: 60000\n");
  StuckCalls calls(server->address(), 8);
  model.WaitForRequests(4);
  const absl::Time start = absl::Now();
  server->process().Signal(SIGTERM);
  const int code = server->process().Wait(absl::Minutes(2));
  const absl::Duration beyond = absl::Now() - start - kGrace;
  report->Add("shutdown, model stuck: beyond grace", absl::ToDoubleSeconds(beyond), "s",
              Target{Bound::kAtMost, 0.5},
              absl::StrFormat("exit %d, grace 1 s, model timeout 60 s", code));
  if (code != 0) Die("the server did not stop as it should");
}

struct Scenario {
  const char* name;
  void (*measure)(const Options&, Report*);
};
constexpr Scenario kScenarios[] = {
    {"unary", MeasureUnary},       {"batch", MeasureBatch},   {"stream", MeasureStream},
    {"overload", MeasureOverload}, {"health", MeasureHealth}, {"shutdown", MeasureShutdown},
};

int Main(int argc, char** argv) {
  CLI::App app("What Signalbook adds to gRPC, measured against a bare echo in the same run.");
  Options options;
  std::vector<std::string> only;
  double seconds = 1;
  bool json = false, require = false, echo = false;
  app.add_option("--only", only, "unary, batch, stream, overload, health, shutdown")
      ->delimiter(',');
  app.add_option("--rounds", options.rounds, "Rounds of each comparison. Default 7")
      ->check(CLI::PositiveNumber);
  app.add_option("--seconds", seconds, "Time of a round. Default 1")->check(CLI::PositiveNumber);
  app.add_flag("--json", json, "One line of JSON instead of a table");
  app.add_flag("--require", require, "Exit 1 when a target is missed");
  app.add_flag(kEchoFlag, echo, "Be the echo")->group("");
  CLI11_PARSE(app, argc, argv);
  if (echo) return RunEcho();
  options.round = absl::Seconds(seconds);
  for (const std::string& name : only) {
    if (std::none_of(std::begin(kScenarios), std::end(kScenarios),
                     [&name](const Scenario& scenario) { return name == scenario.name; })) {
      Die("--only: there is no " + name);
    }
  }

  Report report;
  for (const Scenario& scenario : kScenarios) {
    if (!only.empty() && std::find(only.begin(), only.end(), scenario.name) == only.end()) continue;
    std::fprintf(stderr, "%s …\n", scenario.name);
    scenario.measure(options, &report);
  }
  if (json) {
    report.PrintJson();
  } else {
    report.PrintTable();
  }
  return require && !report.Met() ? 1 : 0;
}

}  // namespace
}  // namespace signalbook

int main(int argc, char** argv) { return signalbook::Main(argc, argv); }
