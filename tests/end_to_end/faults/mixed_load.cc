#include "tests/end_to_end/faults/mixed_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/end_to_end/faults/flaky_model.h"

namespace signalbook {
namespace {

constexpr size_t kMaxWrong = 20;
constexpr absl::Duration kPatience = absl::Minutes(1);

struct Flag {
  const char* emoji;
  const char* spanish;
  const char* french;
};
constexpr Flag kFlags[] = {{"🇨🇦", "Canadá", "Canada"},
                           {"🇯🇵", "Japón", "Japon"},
                           {"🇩🇪", "Alemania", "Allemagne"},
                           {"🇧🇷", "Brasil", "Brésil"}};
constexpr char kThumb[] = "👍";

// The numbers in a text, as they stand there.
std::vector<std::string> NumbersIn(const std::string& text) {
  std::vector<std::string> numbers;
  for (size_t i = 0; i < text.size(); ++i) {
    if (std::isdigit(static_cast<unsigned char>(text[i])) == 0) continue;
    if (i == 0 || std::isdigit(static_cast<unsigned char>(text[i - 1])) == 0)
      numbers.emplace_back();
    numbers.back() += text[i];
  }
  return numbers;
}

std::string CodeName(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return "OK";
    case grpc::StatusCode::CANCELLED:
      return "CANCELLED";
    case grpc::StatusCode::INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    case grpc::StatusCode::UNAVAILABLE:
      return "UNAVAILABLE";
    default:
      return absl::StrCat("code ", code);
  }
}

}  // namespace

// One thread's worth of clients.
class MixedLoad::Client {
 public:
  Client(MixedLoad* load, int seed) : load_(*load), random_(seed) { Connect(); }

  void Run() {
    using Act = void (Client::*)();
    constexpr Act kActs[] = {&Client::Emoji,        &Client::Emoji,        &Client::Prose,
                             &Client::Prose,        &Client::Prose,        &Client::Batch,
                             &Client::Analyze,      &Client::Detect,       &Client::Cancel,
                             &Client::TinyDeadline, &Client::Invalid,      &Client::TooLarge,
                             &Client::Stream,       &Client::CutConnection};
    while (!load_.stopping_) (this->*kActs[Roll(std::size(kActs))])();
  }

 private:
  // A message and what may come of it.
  struct Asked {
    std::string text;
    std::string target;
    int which = 0;
    int number = 0;              // 0: no prose
    const Flag* flag = nullptr;  // null: a thumb
  };

  size_t Roll(size_t sides) { return random_() % sides; }

  void Connect() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub_ = v1::TranslationService::NewStub(
        grpc::CreateCustomChannel(load_.address_, grpc::InsecureChannelCredentials(), arguments));
  }

  std::unique_ptr<grpc::ClientContext> Within(absl::Duration time) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(absl::ToChronoTime(absl::Now() + time));
    return context;
  }

  Asked MakeEmoji() {
    Asked asked{.target = Roll(2) == 0 ? "es" : "fr"};
    if (Roll(3) == 0) {
      asked.target = "es";
      asked.text = kThumb;
    } else {
      asked.flag = &kFlags[Roll(std::size(kFlags))];
      asked.text = asked.flag->emoji;
    }
    return asked;
  }
  Asked MakeProse() {
    Asked asked{.target = Roll(2) == 0 ? "es" : "fr",
                .which = static_cast<int>(Roll(kSentences)),
                .number = load_.next_number_++,
                .flag = &kFlags[Roll(std::size(kFlags))]};
    asked.text = absl::StrCat(EnglishSentence(asked.which, asked.number), " ", asked.flag->emoji);
    return asked;
  }

  static v1::TranslateTextRequest Request(const std::vector<Asked>& asked) {
    v1::TranslateTextRequest request;
    request.set_source_language_code("en");
    request.set_target_language_code(asked[0].target);
    request.set_emoji_mode(v1::EMOJI_MODE_NAME);
    for (const Asked& one : asked) request.add_contents(one.text);
    return request;
  }

  // What holds whatever the models do.
  void Check(const Asked& asked, const v1::Translation& translation) {
    const std::string& text = translation.translated_text();
    if (asked.flag == nullptr) {
      if (!load_.IsApproved(text)) load_.Wrong(absl::StrCat("👍 became ", text));
      return;
    }
    const std::string name = asked.target == "es" ? asked.flag->spanish : asked.flag->french;
    if (asked.number == 0) {
      if (text != name) load_.Wrong(absl::StrCat(asked.text, " became ", text));
      return;
    }
    const std::string refused = absl::StrCat(EnglishSentence(asked.which, asked.number), " ", name);
    if (text == refused) return;
    bool model = false;
    for (const v1::Piece& piece : translation.pieces()) {
      model |= piece.licence() == v1::LICENCE_MODEL;
    }
    const bool right =
        asked.target == "fr"
            ? text == absl::StrCat(FrenchSentence(asked.which, asked.number), " ", name)
            : absl::EndsWith(text, absl::StrCat(" ", name)) &&
                  NumbersIn(text) == std::vector<std::string>{std::to_string(asked.number)};
    if (!right || !model) load_.Wrong(absl::StrCat(asked.text, " became ", text));
    std::lock_guard lock(load_.mutex_);
    ++load_.summary_.translated[asked.target];
  }
  void Check(const std::vector<Asked>& asked, const v1::TranslateTextResponse& response) {
    if (response.translations_size() != static_cast<int>(asked.size())) {
      return load_.Wrong(absl::StrCat(response.translations_size(), " translations of ",
                                      asked.size(), " messages"));
    }
    for (size_t i = 0; i < asked.size(); ++i) {
      Check(asked[i], response.translations(static_cast<int>(i)));
    }
  }

  // A status that is not among those that may come of it.
  void Expect(const std::string& kind, const grpc::Status& status,
              const std::vector<grpc::StatusCode>& codes) {
    load_.Count(kind, status);
    if (load_.may_fail_) return;
    if (std::find(codes.begin(), codes.end(), status.error_code()) != codes.end()) return;
    load_.Wrong(
        absl::StrCat(kind, ": ", CodeName(status.error_code()), " ", status.error_message()));
  }

  void Ask(const std::string& kind, const std::vector<Asked>& asked) {
    const auto context = Within(kPatience);
    const absl::Time start = absl::Now();
    v1::TranslateTextResponse response;
    const grpc::Status status = stub_->TranslateText(context.get(), Request(asked), &response);
    {
      std::lock_guard lock(load_.mutex_);
      load_.summary_.slowest = std::max(load_.summary_.slowest, absl::Now() - start);
    }
    // What needs a model may find its queue full.
    Expect(kind, status, {grpc::StatusCode::OK, grpc::StatusCode::RESOURCE_EXHAUSTED});
    if (status.ok()) Check(asked, response);
  }

  void Emoji() { Ask("emoji", {MakeEmoji()}); }
  void Prose() { Ask("prose", {MakeProse()}); }
  void Batch() {
    std::vector<Asked> asked = {MakeProse()};
    while (asked.size() < 8) {
      Asked next = Roll(2) == 0 ? MakeProse() : MakeEmoji();
      if (next.target == asked[0].target) asked.push_back(std::move(next));
    }
    Ask("batch", asked);
  }

  void Analyze() {
    const Flag& flag = kFlags[Roll(std::size(kFlags))];
    v1::AnalyzeTextRequest request;
    request.add_contents(absl::StrCat("a ", flag.emoji));
    request.add_display_locales("es");
    v1::AnalyzeTextResponse response;
    const grpc::Status status = stub_->AnalyzeText(Within(kPatience).get(), request, &response);
    Expect("analyze", status, {grpc::StatusCode::OK});
    if (!status.ok()) return;
    const v1::Cluster& last = *response.analyses(0).clusters().rbegin();
    if (last.kind() != v1::CLUSTER_FLAG || last.entries(0).text() != flag.spanish) {
      load_.Wrong(absl::StrCat("analysis of ", flag.emoji));
    }
  }

  void Detect() {
    v1::DetectLanguageRequest request;
    request.add_contents("Wir treffen uns morgen früh vor dem alten Bahnhof in der Stadt");
    request.set_target_language_code("en");
    v1::DetectLanguageResponse response;
    const grpc::Status status = stub_->DetectLanguage(Within(kPatience).get(), request, &response);
    Expect("detect", status, {grpc::StatusCode::OK});
    if (status.ok() && response.detections(0).language_code() != "de") {
      load_.Wrong("German was not detected");
    }
  }

  void Cancel() {
    const auto context = Within(kPatience);
    const Asked asked = MakeProse();
    const int microseconds = static_cast<int>(Roll(20'000));
    std::thread canceller([&context, microseconds] {
      absl::SleepFor(absl::Microseconds(microseconds));
      context->TryCancel();
    });
    v1::TranslateTextResponse response;
    const grpc::Status status = stub_->TranslateText(context.get(), Request({asked}), &response);
    canceller.join();
    Expect(
        "cancelled", status,
        {grpc::StatusCode::OK, grpc::StatusCode::CANCELLED, grpc::StatusCode::RESOURCE_EXHAUSTED});
    if (status.ok()) Check({asked}, response);
  }

  void TinyDeadline() {
    const Asked asked = MakeProse();
    v1::TranslateTextResponse response;
    const grpc::Status status = stub_->TranslateText(Within(absl::Milliseconds(Roll(20))).get(),
                                                     Request({asked}), &response);
    Expect("tiny deadline", status,
           {grpc::StatusCode::OK, grpc::StatusCode::DEADLINE_EXCEEDED,
            grpc::StatusCode::RESOURCE_EXHAUSTED});
    if (status.ok()) Check({asked}, response);
  }

  void Invalid() {
    v1::TranslateTextRequest request = Request({MakeEmoji()});
    switch (Roll(4)) {
      case 0:
        request.clear_contents();
        break;
      case 1:
        request.set_target_language_code("no language");
        break;
      case 2:
        request.add_dialects("klingon");
        break;
      default:
        request.set_contents(0, "\xF0\x9F");
        break;
    }
    v1::TranslateTextResponse response;
    Expect("invalid", stub_->TranslateText(Within(kPatience).get(), request, &response),
           {grpc::StatusCode::INVALID_ARGUMENT});
  }

  void TooLarge() {
    v1::TranslateTextRequest request = Request({MakeEmoji()});
    v1::TranslateTextResponse response;
    if (Roll(8) == 0) {
      request.set_contents(0, std::string(size_t{6} << 20, 'a'));
      Expect("6 MiB", stub_->TranslateText(Within(kPatience).get(), request, &response),
             {grpc::StatusCode::RESOURCE_EXHAUSTED});
    } else {
      request.set_contents(0, std::string(10'000, 'a'));
      Expect("too long", stub_->TranslateText(Within(kPatience).get(), request, &response),
             {grpc::StatusCode::INVALID_ARGUMENT});
    }
  }

  // Messages of three conversations; each is answered once, those of one in their order. Every fourth stream is
  // left in the middle.
  void Stream() {
    const auto context = Within(kPatience);
    const auto stream = stub_->StreamTranslateText(context.get());
    constexpr int kMessages = 30;
    std::vector<Asked> asked;
    for (int i = 0; i < kMessages; ++i) asked.push_back(Roll(3) == 0 ? MakeProse() : MakeEmoji());
    std::thread writer([&stream, &asked] {
      for (size_t i = 0; i < asked.size(); ++i) {
        v1::StreamTranslateTextRequest request;
        request.set_id(std::to_string(i));
        request.set_conversation(absl::StrCat("room ", i % 3));
        *request.mutable_translate() = Request({asked[i]});
        if (!stream->Write(request)) break;
      }
      stream->WritesDone();
    });
    const bool leave = Roll(4) == 0;
    std::vector<int> last(3, -1);
    int answered = 0;
    v1::StreamTranslateTextResponse answer;
    while (stream->Read(&answer)) {
      ++answered;
      const int id = std::atoi(answer.id().c_str());
      if (id <= last[id % 3]) load_.Wrong("answers on a stream are out of order, or come twice");
      last[id % 3] = id;
      if (answer.has_response()) {
        Check({asked[id]}, answer.response());
      } else if (answer.error().code() != grpc::StatusCode::RESOURCE_EXHAUSTED &&
                 !load_.may_fail_) {
        load_.Wrong(absl::StrCat("a message on a stream: code ", answer.error().code()));
      }
      if (leave && answered == kMessages / 2) context->TryCancel();
    }
    writer.join();
    const grpc::Status status = stream->Finish();
    Expect(leave ? "stream, left" : "stream", status,
           {leave ? grpc::StatusCode::CANCELLED : grpc::StatusCode::OK});
    if (status.ok() && answered != kMessages) {
      load_.Wrong(absl::StrCat(answered, " answers to ", kMessages, " messages on a stream"));
    }
  }

  // HTTP/2 that stops in the middle, then a reset; and a client that takes its connection with it.
  void CutConnection() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<uint16_t>(
        std::atoi(load_.address_.substr(load_.address_.rfind(':') + 1).c_str())));
    constexpr std::string_view kHalf("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0\0\0\x10\1",
                                     37);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) {
      const size_t size = Roll(kHalf.size() + 1);
      if (send(fd, kHalf.data(), size, MSG_NOSIGNAL) < 0) load_.Count("connection cut", {});
      const linger reset{1, 0};
      setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    }
    close(fd);
    load_.Count("connection cut", grpc::Status::OK);
    if (Roll(4) == 0) Connect();
  }

  MixedLoad& load_;
  std::mt19937 random_;
  std::unique_ptr<v1::TranslationService::Stub> stub_;
};

MixedLoad::MixedLoad(std::string address, int clients)
    : address_(std::move(address)), clients_(clients) {}

void MixedLoad::Start() {
  for (int i = 0; i < clients_; ++i) {
    threads_.emplace_back([this, i] { Client(this, i + 1).Run(); });
  }
}

MixedLoad::~MixedLoad() { Stop(); }

void MixedLoad::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void MixedLoad::Approve(const std::string& name) {
  std::lock_guard lock(mutex_);
  approved_.insert(name);
}

bool MixedLoad::IsApproved(const std::string& name) const {
  std::lock_guard lock(mutex_);
  return approved_.contains(name);
}

void MixedLoad::Count(const std::string& kind, const grpc::Status& status) {
  std::lock_guard lock(mutex_);
  ++summary_.answers[{kind, CodeName(status.error_code())}];
}

void MixedLoad::Wrong(std::string what) {
  std::lock_guard lock(mutex_);
  if (summary_.wrong_count++ < static_cast<int64_t>(kMaxWrong)) {
    summary_.wrong.push_back(std::move(what));
  }
}

MixedLoad::Summary MixedLoad::summary() const {
  std::lock_guard lock(mutex_);
  return summary_;
}

}  // namespace signalbook
