#include "tests/end_to_end/faults/flaky_model.h"

#include <grpcpp/grpcpp.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "signalbook/v1/model.grpc.pb.h"
#include "tests/support/fake_models.h"

namespace signalbook {
namespace {

struct Template {
  const char* english;
  const char* french;
};
constexpr Template kTemplates[kSentences] = {
    {"The library opens on Monday at number ", "La bibliothèque ouvre lundi au numéro "},
    {"My sister bought the red house with number ",
     "Ma sœur a acheté la maison rouge avec le numéro "},
    {"The train to the city has number ", "Le train pour la ville a le numéro "},
    {"We eat in the kitchen of apartment ", "Nous mangeons dans la cuisine de l'appartement "},
};

class Service final : public v1::ModelService::Service {
  grpc::Status TranslateSentences(grpc::ServerContext* /*context*/,
                                  const v1::TranslateSentencesRequest* request,
                                  v1::TranslateSentencesResponse* response) override {
    const int mood = Roll(100);
    if (mood < 10) absl::SleepFor(absl::Milliseconds(100 + Roll(1'000)));
    if (mood >= 95) return {grpc::StatusCode::UNAVAILABLE, "flaky"};
    for (const std::string& sentence : request->sentences()) Answer(sentence, response);
    return grpc::Status::OK;
  }

  void Answer(const std::string& sentence, v1::TranslateSentencesResponse* response) {
    v1::TranslatedSentence* answer = response->add_sentences();
    const int mood = Roll(100);
    std::string right;
    for (const Template& known : kTemplates) {
      if (!absl::StartsWith(sentence, known.english)) continue;
      right = known.french + sentence.substr(absl::string_view(known.english).size());
    }
    if (mood < 70 && !right.empty()) {
      answer->set_text(right);
    } else if (mood < 78 && !right.empty()) {
      answer->set_text(right + "1");  // as if it were another request's
    } else if (mood < 84 && !right.empty()) {
      answer->set_text(right + ", il est en prison");
    } else {
      const Hostility hostility = kQuickHostilities[Roll(std::size(kQuickHostilities))];
      const std::vector<absl::StatusOr<Candidate>> said =
          HostileModel(hostility).Translate({.source_locale = "en",
                                             .target_locale = "fr",
                                             .sentences = {sentence},
                                             .deadline = absl::InfiniteFuture()});
      if (!said.empty() && said[0].ok()) {
        answer->set_text(said[0]->text);
      } else {
        answer->set_error_code(static_cast<int>(absl::StatusCode::kInternal));
      }
    }
    answer->set_model_name("flaky");
  }

  int Roll(size_t sides) {
    std::lock_guard lock(mutex_);
    return static_cast<int>(random_() % sides);
  }

  std::mutex mutex_;
  std::mt19937 random_{1};
};

}  // namespace

std::string EnglishSentence(int which, int number) {
  return kTemplates[which].english + std::to_string(number);
}

std::string FrenchSentence(int which, int number) {
  return kTemplates[which].french + std::to_string(number);
}

FlakyModelProcess::FlakyModelProcess(std::string program, std::string address)
    : program_(std::move(program)), address_(std::move(address)) {
  Start();
}

void FlakyModelProcess::Kill() {
  process_->Signal(SIGKILL);
  process_.reset();
}

void FlakyModelProcess::Start() {
  process_ = std::make_unique<Process>(
      std::vector<std::string>{program_, std::string(kFlakyModelFlag), address_});
  if (process_->ReadLine(absl::Seconds(60)) != "ready") {
    std::fprintf(stderr, "the flaky model does not start at %s\n", address_.c_str());
    std::exit(1);
  }
}

int ServeFlakyModel(const std::string& address) {
  Service service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::puts("ready");
  std::fflush(stdout);
  server->Wait();
  return 0;
}

}  // namespace signalbook
