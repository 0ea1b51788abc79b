#include "tests/benchmark/service/stuck_model.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "signalbook/v1/translation.grpc.pb.h"
#include "tests/service/peer_protocols.h"

namespace signalbook {

StuckModel::StuckModel() {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  address_ = "127.0.0.1:" + std::to_string(port);
}

StuckModel::~StuckModel() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  server_->Shutdown(absl::ToChronoTime(absl::Now()));
}

std::string StuckModel::Config(const std::string& address) {
  return "models { name: \"stuck\" remote { address: \"" + address +
         "\" } max_concurrent: 64 routes { from: \"en\" to: \"es\" } }\n";
}

void StuckModel::WaitForRequests(int count) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, std::chrono::seconds(60), [&] { return held_ >= count; })) {
    std::fputs("the model is not asked\n", stderr);
    std::exit(1);
  }
}

grpc::Status StuckModel::TranslateSentences(grpc::ServerContext* context,
                                            const v1::TranslateSentencesRequest* /*request*/,
                                            v1::TranslateSentencesResponse* /*response*/) {
  std::unique_lock lock(mutex_);
  ++held_;
  changed_.notify_all();
  while (!stopping_ && !context->IsCancelled()) {
    changed_.wait_for(lock, std::chrono::milliseconds(50));
  }
  return grpc::Status::CANCELLED;
}

StuckCalls::StuckCalls(const std::string& address, int count) {
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  for (int i = 0; i < count; ++i) {
    contexts_.push_back(std::make_unique<grpc::ClientContext>());
    contexts_.back()->set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(10)));
    threads_.emplace_back([channel, context = contexts_.back().get()] {
      v1::TranslateTextRequest request;
      request.add_contents("The library opens on Monday");
      request.set_source_language_code("en");
      request.set_target_language_code("es");
      v1::TranslateTextResponse response;
      v1::TranslationService::NewStub(channel)->TranslateText(context, request, &response);
    });
  }
}

StuckCalls::~StuckCalls() {
  for (const auto& context : contexts_) context->TryCancel();
  for (std::thread& thread : threads_) thread.join();
}

std::vector<double> HealthLatencies(const std::string& address, int count) {
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  std::vector<double> milliseconds;
  for (int i = 0; i < count; ++i) {
    const absl::Time start = absl::Now();
    if (HealthOf(channel, "") != Health::kServing) {
      std::fputs("health is not SERVING\n", stderr);
      std::exit(1);
    }
    milliseconds.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
  }
  return milliseconds;
}

}  // namespace signalbook
